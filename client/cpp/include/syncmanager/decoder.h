#pragma once

#include <syncmanager/encoded_value.h>
#include <syncmanager/reference.h>

#include <cstdint>
#include <string_view>

namespace syncmanager {

// The source from which from_value() reads a value: a ValueReader that knows the session. The
// manager counts a reference of this session for every object that a value refers to. reference()
// takes these references over one by one, and the destructor gives back the remaining ones. Not
// thread-safe. Valid as long as the bytes that it reads.
class Decoder {
 public:
  // REQUIRES: all three outlive it. `operation` is for messages.
  Decoder(std::string_view encoded, const Reference& origin, const char* operation)
      : reader_(encoded), origin_(origin), operation_(operation) {}
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // Take heads and values from it, references excepted.
  ValueReader& reader() { return reader_; }

  // Takes the next value, which must be a reference to an object of that type (any, if empty).
  ReferencePtr reference(std::string_view type);
  // Passes over the next value and gives back what it refers to.
  void skip();
  // If the next value has a key, passes over that: the value itself is next.
  void skip_key();

  // Throws WrongType: the next value isn't `expected` ("an integer").
  [[noreturn]] void fail(std::string_view expected) const;
  // The same for a value that is of the right kind and still makes no sense ("below 256").
  [[noreturn]] void reject(std::string_view why) const;

 private:
  ValueReader reader_;
  const Reference& origin_;
  const char* operation_;
};

}  // namespace syncmanager

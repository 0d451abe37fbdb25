#pragma once

#include <cstdint>
#include <string_view>

namespace syncmanager {

// One field of an encoded protobuf message: a number, or bytes.
struct Field {
  uint32_t number = 0;
  uint64_t integer = 0;
  std::string_view bytes;
};

// Reads the fields of an encoded protobuf message one after the other, as views into it: what is
// read millions of times a second (frames, and the replies in them) is read without a copy. Fields
// of fixed width are passed over. https://protobuf.dev/programming-guides/encoding
class FieldReader {
 public:
  explicit FieldReader(std::string_view message) : rest_(message) {}

  // False at the end, and at the first thing that makes no sense.
  bool next(Field& field);
  bool malformed() const { return malformed_; }

 private:
  bool varint(uint64_t& value);
  bool take(uint64_t size, std::string_view& bytes);

  std::string_view rest_;
  bool malformed_ = false;
};

}  // namespace syncmanager

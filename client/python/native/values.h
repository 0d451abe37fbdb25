#pragma once

#include <syncmanager/decoder.h>
#include <syncmanager/encoded_value.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/python/native/session.h"
#include "protos/large_field.h"

namespace syncmanager::python {

// A codec may make a tuple of a value. It travels as a tuple that begins with this and its
// name.
inline constexpr std::string_view kCodec = "\x01syncmanager:";

inline constexpr size_t kSeveral = 64;  // Integers at once, of which lists often have many.

// While it lives, it keeps the references that this thread's encode() writes: a pickle may have the
// only proxy of an object, and the manager must get the value before it hears of that proxy's end.
// Pickling may make a call of another value: the newest one keeps the references.
class KeptReferences {
 public:
  KeptReferences() : outer_(std::exchange(newest_, this)) {}
  ~KeptReferences() { newest_ = outer_; }
  KeptReferences(const KeptReferences&) = delete;
  KeptReferences& operator=(const KeptReferences&) = delete;

  static void add(const ReferencePtr& reference) {
    if (newest_ != nullptr) newest_->references_.push_back(reference);
  }
  std::vector<ReferencePtr> take() { return std::move(references_); }

 private:
  static thread_local KeptReferences* newest_;
  KeptReferences* const outer_;
  std::vector<ReferencePtr> references_;
};

// The bytes of any object that has some in a row. Needs the GIL.
class Buffer {
 public:
  // Throws what the object does if it has none.
  explicit Buffer(Handle object) {
    check(PyObject_GetBuffer(object.get(), &buffer_, kSimpleBuffer));
  }
  ~Buffer() { PyBuffer_Release(&buffer_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::string_view view() const {
    return {static_cast<const char*>(buffer_.buf), static_cast<size_t>(buffer_.len)};
  }

 private:
  Py_buffer buffer_{};
};

// Large buffers of a value, which are sent from where they lie, and the places in its encoding
// where they belong. They are kept while it lives.
struct Lending {
  std::list<Buffer> buffers;  // A list: an empty one allocates nothing.
  std::vector<LentBytes> lent;
};

// The purpose for which a value is encoded.
enum class Purpose : uint8_t {
  kMoved,   // To be taken out again: it needs no key.
  kStored,  // With the key by which it is compared, if `Translation` knows one.
  kAsked,   // As a question for values equal to it: refused if only Python can compare it.
  kKey,     // As a key alone: the encoder's own.
};

struct AboutEncoded {
  uint64_t elements = 0;  // In its containers at all levels.
  bool ordered = true;    // Whatever isn't of Python's own types in it has a key with an order.
};

// Python's own types (None, bool, int, float, str, bytes, list, tuple, dict, set, frozenset; none
// of their subclasses) travel typed; everything else, and what is nested deeper than 32, as
// `Session::Translation` says. What `lending` gets is missing in the encoding. Throws what that
// does. Needs the GIL.
std::string encode(Handle value, const Session& session, Purpose purpose,
                   AboutEncoded* about = nullptr, Lending* lending = nullptr);

// Takes the next value. Throws what `Translation` does for what isn't one of Python's own types.
Object decode(Decoder& decoder, const std::shared_ptr<Session>& session);

// Takes `count` values, and calls visit(Object) with each. Throws as decode() does.
template <typename Visit>
void decode_each(Decoder& decoder, uint64_t elements, const std::shared_ptr<Session>& session,
                 Visit&& visit) {
  std::array<int64_t, kSeveral> numbers;
  for (uint64_t left = elements; left > 0;) {
    const size_t most = std::min<uint64_t>(left, numbers.size());
    const size_t count = decoder.reader().integers(std::span(numbers).first(most));
    for (size_t i = 0; i < count; ++i) visit(steal(PyLong_FromLongLong(numbers[i])));
    if (count == 0) visit(decode(decoder, session));
    left -= std::max<size_t>(count, 1);
  }
}

}  // namespace syncmanager::python

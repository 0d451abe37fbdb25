#include <syncmanager/encoded_value.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "protos/support/huge_pages.h"
#include "protos/value/encoded_numbers.h"

namespace syncmanager {
namespace {

constexpr size_t kLongestHead = 1 + kLongestVarint;
constexpr size_t kMaxRoom = 256;  // Cleared beforehand.
constexpr size_t kSeveral = 32;

}  // namespace

ValueWriter& ValueWriter::none() { return tag(Kind::kNone); }

ValueWriter& ValueWriter::boolean(bool value) { return tag(value ? Kind::kTrue : Kind::kFalse); }

ValueWriter& ValueWriter::integer(int64_t value) { return begin(Kind::kInteger, zigzag(value)); }

ValueWriter& ValueWriter::integers(std::span<const int64_t> values) {
  for (; !values.empty(); values = values.subspan(std::min(values.size(), kSeveral))) {
    char* to = room(kSeveral * kLongestHead);
    for (const int64_t value : values.first(std::min(values.size(), kSeveral))) {
      *to++ = static_cast<char>(Kind::kInteger);
      to = put_varint(to, zigzag(value));
    }
    wrote_to(to);
  }
  return *this;
}

ValueWriter& ValueWriter::big_integer(std::string_view twos_complement) {
  const std::string_view number = shortest(twos_complement);
  if (number.size() > sizeof(int64_t)) return block(Kind::kBigInteger, number);
  int64_t value = negative(number) ? -1 : 0;
  // An empty number has no bytes to copy, and perhaps no address.
  if (!number.empty()) std::memcpy(&value, number.data(), number.size());
  return integer(value);
}

ValueWriter& ValueWriter::real(double value) {
  char encoded[1 + sizeof(value)] = {static_cast<char>(Kind::kReal)};
  std::memcpy(encoded + 1, &value, sizeof(value));
  return this->encoded({encoded, sizeof(encoded)});
}

ValueWriter& ValueWriter::text(std::string_view utf8) { return block(Kind::kText, utf8); }
ValueWriter& ValueWriter::bytes(std::string_view value) { return block(Kind::kBytes, value); }

ValueWriter& ValueWriter::begin_list(uint64_t elements) { return begin(Kind::kList, elements); }
ValueWriter& ValueWriter::begin_tuple(uint64_t elements) { return begin(Kind::kTuple, elements); }
ValueWriter& ValueWriter::begin_set(uint64_t elements) { return begin(Kind::kSet, elements); }
ValueWriter& ValueWriter::begin_frozenset(uint64_t elements) {
  return begin(Kind::kFrozenSet, elements);
}
ValueWriter& ValueWriter::begin_dict(uint64_t entries) { return begin(Kind::kDict, entries); }

ValueWriter& ValueWriter::reference(uint64_t object, std::string_view type) {
  return begin(Kind::kReference, object).varint(type.size()).encoded(type);
}

ValueWriter& ValueWriter::opaque(std::string_view codec, std::string_view content) {
  return begin_opaque(codec, content.size()).encoded(content);
}

ValueWriter& ValueWriter::begin_bytes(uint64_t bytes) { return begin(Kind::kBytes, bytes); }

ValueWriter& ValueWriter::begin_opaque(std::string_view codec, uint64_t bytes) {
  return block(Kind::kOpaque, codec).varint(bytes);
}

ValueWriter& ValueWriter::begin_keyed(uint8_t rule, std::string_view type) {
  return begin(Kind::kKeyed, rule).varint(type.size()).encoded(type);
}

ValueWriter& ValueWriter::encoded(std::string_view value) {
  if (value.size() <= out_.size() - size_) {
    std::copy(value.begin(), value.end(), out_.begin() + static_cast<ptrdiff_t>(size_));
  } else {
    out_.resize(size_);
    reserve_large(out_, std::max(size_ + value.size(), 2 * size_));
    out_.append(value);
  }
  size_ += value.size();
  return *this;
}

void ValueWriter::reserve(size_t bytes) { reserve_large(out_, bytes); }

std::string ValueWriter::take() {
  out_.resize(std::exchange(size_, 0));
  return std::exchange(out_, std::string());
}

char* ValueWriter::room(size_t bytes) {
  if (out_.size() - size_ < bytes) out_.resize(size_ + std::max(bytes, std::min(size_, kMaxRoom)));
  return out_.data() + size_;
}

void ValueWriter::wrote_to(const char* end) { size_ = static_cast<size_t>(end - out_.data()); }

ValueWriter& ValueWriter::tag(Kind kind) {
  *room(kLongestHead) = static_cast<char>(kind);
  ++size_;
  return *this;
}

ValueWriter& ValueWriter::begin(Kind kind, uint64_t count) {
  char* to = room(kLongestHead);
  *to++ = static_cast<char>(kind);
  wrote_to(put_varint(to, count));
  return *this;
}

ValueWriter& ValueWriter::block(Kind kind, std::string_view content) {
  // For one block alone this is the only allocation; a growing string doubles all the same.
  if (size_ == 0) reserve(kLongestHead + content.size());
  return begin(kind, content.size()).encoded(content);
}

ValueWriter& ValueWriter::varint(uint64_t value) {
  wrote_to(put_varint(room(kLongestHead), value));
  return *this;
}

}  // namespace syncmanager

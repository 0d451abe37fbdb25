#include "protos/fields.h"

namespace syncmanager {
namespace {

enum WireType : uint64_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// The tag that begins a field: its number and how it is written.
constexpr uint64_t key_of(int field, WireType type) {
  return static_cast<uint64_t>(field) << 3 | type;
}

size_t varint_size(uint64_t value) {
  size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

void append_varint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

}  // namespace

bool FieldReader::next(Field& field) {
  if (rest_.empty()) return false;
  malformed_ = true;
  uint64_t key = 0;
  if (!varint(key) || key >> 32 != 0) return false;
  field = {.number = static_cast<uint32_t>(key >> 3), .integer = 0, .bytes = {}};
  bool whole = false;
  uint64_t size = 0;
  switch (key & 7) {
    case kVarint:
      whole = varint(field.integer);
      break;
    case kFixed64:
      whole = take(8, field.bytes);
      break;
    case kBytes:
      whole = varint(size) && take(size, field.bytes);
      break;
    case kFixed32:
      whole = take(4, field.bytes);
      break;
    default:
      break;
  }
  malformed_ = !whole || field.number == 0;
  return !malformed_;
}

bool FieldReader::varint(uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool FieldReader::take(uint64_t size, std::string_view& bytes) {
  if (size > rest_.size()) return false;
  bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

void append_head(std::string& out, int field, size_t length) {
  append_varint(out, key_of(field, kBytes));
  append_varint(out, length);
}

size_t head_size(int field, size_t length) {
  return varint_size(key_of(field, kBytes)) + varint_size(length);
}

void append_bytes(std::string& out, int field, std::string_view bytes) {
  append_head(out, field, bytes.size());
  out += bytes;
}

void append_number(std::string& out, int field, uint64_t value) {
  append_varint(out, key_of(field, kVarint));
  append_varint(out, value);
}

size_t number_size(int field, uint64_t value) {
  return varint_size(key_of(field, kVarint)) + varint_size(value);
}

}  // namespace syncmanager

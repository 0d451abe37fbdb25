#include "syncmanager/conversions.h"

#include <syncmanager/proxy.h>

#include <algorithm>

#include "protos/support/huge_pages.h"

namespace syncmanager {

void to_value(ValueWriter& writer, const std::string& text) { writer.text(text); }
void to_value(ValueWriter& writer, std::string_view text) { writer.text(text); }
void to_value(ValueWriter& writer, const char* text) { writer.text(text); }
void to_value(ValueWriter& writer, const Bytes& bytes) {
  writer.bytes({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}
void to_value(ValueWriter& writer, const Proxy& proxy) {
  writer.reference(proxy.id(), proxy.reference()->type());
}

bool from_value(Decoder& decoder, std::type_identity<bool>) {
  const std::optional<bool> value = decoder.reader().boolean();
  if (!value) decoder.fail("a boolean");
  return *value;
}

double from_value(Decoder& decoder, std::type_identity<double>) {
  ValueReader& reader = decoder.reader();
  if (const std::optional<double> real = reader.real()) return *real;
  if (const std::optional<int64_t> integer = reader.integer()) return static_cast<double>(*integer);
  decoder.fail("a real number");
}

float from_value(Decoder& decoder, std::type_identity<float>) {
  return static_cast<float>(from_value(decoder, std::type_identity<double>{}));
}

std::string from_value(Decoder& decoder, std::type_identity<std::string>) {
  const std::optional<std::string_view> text = decoder.reader().text();
  if (!text) decoder.fail("text");
  return copy_of(*text);
}

Bytes from_value(Decoder& decoder, std::type_identity<Bytes>) {
  const std::optional<std::string_view> bytes = decoder.reader().bytes();
  if (!bytes) decoder.fail("bytes");
  const auto* begin = reinterpret_cast<const std::byte*>(bytes->data());
  Bytes copy;
  copy.reserve(bytes->size());
  prefer_huge_pages(copy.data(), bytes->size());
  copy.assign(begin, begin + bytes->size());
  return copy;
}

int64_t signed_from_value(Decoder& decoder) {
  ValueReader& reader = decoder.reader();
  if (const std::optional<int64_t> integer = reader.integer()) return *integer;
  if (const std::optional<bool> boolean = reader.boolean()) return *boolean ? 1 : 0;
  decoder.fail("an integer of 64 bits");
}

uint64_t unsigned_from_value(Decoder& decoder) {
  // From 2^63 on it is a big integer of nine bytes, the last of which is 0.
  const ValueReader before = decoder.reader();
  if (const std::optional<std::string_view> big = decoder.reader().big_integer()) {
    if (big->size() == 9 && big->back() == 0) {
      uint64_t value = 0;
      for (size_t i = 8; i-- > 0;) value = value << 8 | static_cast<uint8_t>((*big)[i]);
      return value;
    }
    decoder.reader() = before;
    decoder.reject("an integer out of this type's range");
  }
  const int64_t value = signed_from_value(decoder);
  if (value < 0) {
    decoder.reader() = before;
    decoder.reject("an integer out of this type's range");
  }
  return static_cast<uint64_t>(value);
}

uint64_t begin_sequence(Decoder& decoder) {
  ValueReader& reader = decoder.reader();
  if (const std::optional<uint64_t> list = reader.begin(Kind::kList)) return *list;
  if (const std::optional<uint64_t> tuple = reader.begin(Kind::kTuple)) return *tuple;
  decoder.fail("a list");
}

uint64_t begin_dict(Decoder& decoder) {
  const std::optional<uint64_t> entries = decoder.reader().begin(Kind::kDict);
  if (!entries) decoder.fail("a dict");
  return *entries;
}

void begin_tuple(Decoder& decoder, uint64_t elements) {
  const ValueReader before = decoder.reader();
  const uint64_t count = begin_sequence(decoder);
  if (count == elements) return;
  decoder.reader() = before;
  decoder.reject("a tuple of " + std::to_string(count) + ", not of " + std::to_string(elements));
}

}  // namespace syncmanager

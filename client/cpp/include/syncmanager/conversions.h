#pragma once

#include <syncmanager/decoder.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

// How C++ types become values and values become C++ types. A type of yours joins with two functions
// in its own namespace, found by its arguments:
//
//   void to_value(syncmanager::ValueWriter& writer, const Point& point) {
//     to_value(writer, std::pair(point.x, point.y));
//   }
//   Point from_value(syncmanager::Decoder& decoder, std::type_identity<Point>) {
//     const auto [x, y] = from_value(decoder, std::type_identity<std::pair<int, int>>{});
//     return {x, y};
//   }
//
// A type with an equality or an order other than its value's begins with
// writer.begin_keyed(rule, "geometry:Point"), its key, and then the value; from_value calls
// decoder.skip_key() first.
//
// from_value throws WrongType, by Decoder::fail() or reject(), if the value isn't a Point.
namespace syncmanager {

// Bytes, as opposed to std::string, which is text: Python's bytes and str.
using Bytes = std::vector<std::byte>;

template <class T>
concept Boolean = std::same_as<T, bool>;
template <class T>
concept Integer = std::integral<T> && !Boolean<T>;

template <Boolean T>
void to_value(ValueWriter& writer, T value) {
  writer.boolean(value);
}
template <Integer T>
void to_value(ValueWriter& writer, T value) {
  if (std::in_range<int64_t>(value)) {
    writer.integer(static_cast<int64_t>(value));
    return;
  }
  // Above 2^63: a big integer, whose ninth byte is the sign.
  std::string bytes(9, '\0');
  for (size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(static_cast<uint64_t>(value) >> (8 * i) & 0xff);
  }
  writer.big_integer(bytes);
}
template <std::floating_point T>
void to_value(ValueWriter& writer, T value) {
  writer.real(static_cast<double>(value));
}
void to_value(ValueWriter& writer, const std::string& text);
void to_value(ValueWriter& writer, std::string_view text);
void to_value(ValueWriter& writer, const char* text);
void to_value(ValueWriter& writer, const Bytes& bytes);

bool from_value(Decoder& decoder, std::type_identity<bool>);
double from_value(Decoder& decoder, std::type_identity<double>);  // An integer is a real too.
float from_value(Decoder& decoder, std::type_identity<float>);
std::string from_value(Decoder& decoder, std::type_identity<std::string>);
Bytes from_value(Decoder& decoder, std::type_identity<Bytes>);
// As Python's index(): an integer or a boolean. Throws WrongType if it doesn't fit.
int64_t signed_from_value(Decoder& decoder);
uint64_t unsigned_from_value(Decoder& decoder);

template <Integer T>
T from_value(Decoder& decoder, std::type_identity<T>) {
  if constexpr (std::is_signed_v<T>) {
    const int64_t value = signed_from_value(decoder);
    if (!std::in_range<T>(value)) decoder.reject("an integer out of this type's range");
    return static_cast<T>(value);
  } else {
    const uint64_t value = unsigned_from_value(decoder);
    if (!std::in_range<T>(value)) decoder.reject("an integer out of this type's range");
    return static_cast<T>(value);
  }
}

// One value alone.
template <class T>
std::string encode(const T& value) {
  ValueWriter writer;
  to_value(writer, value);
  return writer.take();
}
template <class T, class Range>
std::vector<std::string> encode_all(const Range& values) {
  std::vector<std::string> encoded;
  for (const auto& value : values) encoded.push_back(encode<T>(value));
  return encoded;
}

}  // namespace syncmanager

#include <syncmanager/container_conversions.h>

#pragma once

#include <syncmanager/encoded_value.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncmanager {

// Encoded values from C++ literals: none from nullptr, bool, whole numbers, reals, texts, lists
// from vectors, and dicts from vectors of pairs.

inline void write(ValueWriter& writer, std::nullptr_t) { writer.none(); }
inline void write(ValueWriter& writer, std::same_as<bool> auto value) { writer.boolean(value); }
template <std::integral T>
requires(!std::same_as<T, bool>) void write(ValueWriter& writer, T value) {
  writer.integer(static_cast<int64_t>(value));
}
inline void write(ValueWriter& writer, std::floating_point auto value) { writer.real(value); }
inline void write(ValueWriter& writer, std::string_view value) { writer.text(value); }
inline void write(ValueWriter& writer, const std::string& value) { writer.text(value); }
inline void write(ValueWriter& writer, const char* value) { writer.text(value); }

// A reference to an object, and bytes: what no literal says.
struct Reference {
  uint64_t object;
  std::string type;
};
struct Bytes {
  std::string bytes;
};
inline void write(ValueWriter& writer, const Reference& value) {
  writer.reference(value.object, value.type);
}
inline void write(ValueWriter& writer, const Bytes& value) { writer.bytes(value.bytes); }

template <typename T>
void write(ValueWriter& writer, const std::vector<T>& values) {
  writer.begin_list(values.size());
  for (const T& value : values) write(writer, value);
}
template <typename K, typename V>
void write(ValueWriter& writer, const std::vector<std::pair<K, V>>& entries) {
  writer.begin_dict(entries.size());
  for (const auto& [key, value] : entries) {
    write(writer, key);
    write(writer, value);
  }
}

template <typename T>
std::string encoded(const T& value) {
  ValueWriter writer;
  write(writer, value);
  return writer.take();
}

// A list nested so deep: 1 is the empty list.
inline std::string nested_list(size_t depth) {
  ValueWriter writer;
  for (size_t level = 1; level < depth; ++level) writer.begin_list(1);
  writer.begin_list(0);
  return writer.take();
}

}  // namespace syncmanager

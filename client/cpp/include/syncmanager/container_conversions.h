#pragma once

// The part of conversions.h about containers; include that one.
#include <syncmanager/conversions.h>

namespace syncmanager {

template <class T>
void to_value(ValueWriter& writer, const std::optional<T>& value);
template <class T>
void to_value(ValueWriter& writer, const std::vector<T>& values);
template <class K, class V, class Compare>
void to_value(ValueWriter& writer, const std::map<K, V, Compare>& entries);
template <class K, class V, class Hash, class Equal>
void to_value(ValueWriter& writer, const std::unordered_map<K, V, Hash, Equal>& entries);
template <class... T>
void to_value(ValueWriter& writer, const std::tuple<T...>& values);
template <class A, class B>
void to_value(ValueWriter& writer, const std::pair<A, B>& values);

// Nothing is Python's None.
template <class T>
void to_value(ValueWriter& writer, const std::optional<T>& value) {
  if (value) {
    to_value(writer, *value);
  } else {
    writer.none();
  }
}
// A list; what is read may be a tuple too.
template <class T>
void to_value(ValueWriter& writer, const std::vector<T>& values) {
  writer.begin_list(values.size());
  for (const T& value : values) to_value(writer, value);
}
template <class K, class V, class Compare>
void to_value(ValueWriter& writer, const std::map<K, V, Compare>& entries) {
  writer.begin_dict(entries.size());
  for (const auto& [key, value] : entries) {
    to_value(writer, key);
    to_value(writer, value);
  }
}
template <class K, class V, class Hash, class Equal>
void to_value(ValueWriter& writer, const std::unordered_map<K, V, Hash, Equal>& entries) {
  writer.begin_dict(entries.size());
  for (const auto& [key, value] : entries) {
    to_value(writer, key);
    to_value(writer, value);
  }
}
template <class... T>
void to_value(ValueWriter& writer, const std::tuple<T...>& values) {
  writer.begin_tuple(sizeof...(T));
  std::apply([&writer](const T&... value) { (to_value(writer, value), ...); }, values);
}
template <class A, class B>
void to_value(ValueWriter& writer, const std::pair<A, B>& values) {
  to_value(writer, std::tie(values.first, values.second));
}

// How many elements the list or tuple has that comes next; throws WrongType if none does.
uint64_t begin_sequence(Decoder& decoder);
uint64_t begin_dict(Decoder& decoder);
// Throws WrongType unless the tuple or list that comes next has that many.
void begin_tuple(Decoder& decoder, uint64_t elements);

template <class T>
std::optional<T> from_value(Decoder& decoder, std::type_identity<std::optional<T>>) {
  if (decoder.reader().none()) return std::nullopt;
  return from_value(decoder, std::type_identity<T>{});
}
template <class T>
std::vector<T> from_value(Decoder& decoder, std::type_identity<std::vector<T>>) {
  std::vector<T> values;
  for (uint64_t left = begin_sequence(decoder); left > 0; --left) {
    values.push_back(from_value(decoder, std::type_identity<T>{}));
  }
  return values;
}
template <class Map>
Map map_from_value(Decoder& decoder) {
  Map entries;
  for (uint64_t left = begin_dict(decoder); left > 0; --left) {
    auto key = from_value(decoder, std::type_identity<typename Map::key_type>{});
    entries.insert_or_assign(std::move(key),
                             from_value(decoder, std::type_identity<typename Map::mapped_type>{}));
  }
  return entries;
}
template <class K, class V, class Compare>
std::map<K, V, Compare> from_value(Decoder& decoder, std::type_identity<std::map<K, V, Compare>>) {
  return map_from_value<std::map<K, V, Compare>>(decoder);
}
template <class K, class V, class Hash, class Equal>
std::unordered_map<K, V, Hash, Equal> from_value(
    Decoder& decoder, std::type_identity<std::unordered_map<K, V, Hash, Equal>>) {
  return map_from_value<std::unordered_map<K, V, Hash, Equal>>(decoder);
}
template <class... T>
std::tuple<T...> from_value(Decoder& decoder, std::type_identity<std::tuple<T...>>) {
  begin_tuple(decoder, sizeof...(T));
  // Braces: read from left to right.
  return std::tuple<T...>{from_value(decoder, std::type_identity<T>{})...};
}
template <class A, class B>
std::pair<A, B> from_value(Decoder& decoder, std::type_identity<std::pair<A, B>>) {
  begin_tuple(decoder, 2);
  return std::pair<A, B>{from_value(decoder, std::type_identity<A>{}),
                         from_value(decoder, std::type_identity<B>{})};
}

}  // namespace syncmanager

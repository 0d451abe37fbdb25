#pragma once

#include <syncmanager/dict_calls.h>

#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace syncmanager {

// A dict with keys K and values V, in the order of insertion; Python's equality of keys. Each call
// is one step in the manager. Throws WrongType for a key or value of another type.
template <class K, class V>
class Dict final : public DictCalls {
 public:
  static constexpr const char* kType = "dict";
  using Entry = std::pair<K, V>;

  // The type of dict[key]: assign or read it in the same expression. There is no +=, as that
  // would be two calls: say add() or compare_and_set().
  class Element {
   public:
    Element(const Element&) = delete;
    void operator=(const V& value) && { dict_.set(key_, value); }
    operator V() && { return dict_.at(key_); }  // NOLINT: reads like the value that it is.

   private:
    friend class Dict;
    Element(const Dict& dict, const K& key) : dict_(dict), key_(key) {}

    const Dict& dict_;
    const K& key_;
  };

  explicit Dict(ReferencePtr reference) : DictCalls(std::move(reference)) {}
  Dict(const ReferencePtr& registry, std::string_view name) : Dict(open(registry, name)) {}

  // Nothing if there is no such key.
  std::optional<V> find(const K& key) const { return read(get_encoded(encode(key))); }
  // Throws std::out_of_range if there is no such key.
  V at(const K& key) const {
    Answer answer = get_encoded(encode(key));
    answer.in_range();
    return answer.template as<V>();
  }
  Element operator[](const K& key) const { return Element(*this, key); }
  bool contains(const K& key) const { return contains_encoded(encode(key)).boolean(); }

  void set(const K& key, const V& value) const {
    set_encoded(encode(key), encode(value)).require();
  }
  // All of them in one step.
  template <class Range>
  void update(const Range& entries) const {
    Entries encoded;
    for (const auto& [key, value] : entries) encoded.emplace_back(encode(key), encode(value));
    update_encoded(encoded).require();
  }
  // False if there was no such key.
  bool erase(const K& key) const { return erase_encoded(encode(key)).found(); }
  // Takes the value out; nothing if there is no such key.
  std::optional<V> pop(const K& key) const { return read(pop_encoded(encode(key))); }
  // Takes the newest entry out; nothing if the dict is empty.
  std::optional<Entry> pop_item() const {
    Answer answer = pop_newest();
    return read_if_found<Entry>(answer);
  }
  // The value that is there afterwards: this one only if there was none.
  V set_default(const K& key, const V& value) const {
    Answer answer = set_default_encoded(encode(key), encode(value));
    return read_value<V>(answer);
  }
  // Adds to a number, and returns the sum. Throws std::out_of_range if there is no such key and
  // `initial` doesn't say what it counts as.
  V add(const K& key, const V& amount, const std::optional<V>& initial = std::nullopt) const {
    Answer answer = add_encoded(encode(key), encode(amount), optional_view(encode_if(initial)));
    answer.in_range();
    return answer.template as<V>();
  }
  // Sets the value (or deletes it: no `desired`) if it equals `expected` (or is missing: no
  // `expected`); returns whether it did.
  bool compare_and_set(const K& key, const std::optional<V>& expected,
                       const std::optional<V>& desired) const {
    return compare_and_set_encoded(encode(key), optional_view(encode_if(expected)),
                                   optional_view(encode_if(desired)))
        .boolean();
  }

  Future<std::optional<V>> async_find(const K& key) const {
    return {start_get(encode(key)), read_if_found<V>};
  }
  Future<void> async_set(const K& key, const V& value) const {
    return {start_set(encode(key), encode(value)), read_nothing};
  }
  Future<V> async_add(const K& key, const V& amount,
                      const std::optional<V>& initial = std::nullopt) const {
    return {start_add(encode(key), encode(amount), optional_view(encode_if(initial))),
            read_value<V>};
  }

  // Page by page, as the dict is meanwhile: what changes under the iteration may be seen or not.
  PagedRange<Entry> items() const { return {pager(PageKind::kItems), read_entry<K, V>}; }
  PagedRange<K> keys() const { return {pager(PageKind::kKeys), read_element<K>}; }
  PagedRange<V> values() const { return {pager(PageKind::kValues), read_element<V>}; }
  auto begin() const { return items().begin(); }
  PageEnd end() const { return {}; }
  // Everything as it was at one moment; read again from the start if it changed meanwhile.
  std::map<K, V> to_map() const {
    const std::vector<Entry> entries = to_vector();
    return std::map<K, V>(entries.begin(), entries.end());
  }
  std::vector<Entry> to_vector() const { return read_all(items()); }

 private:
  static std::optional<V> read(Answer answer) { return read_if_found<V>(answer); }
  PageSource pager(PageKind kind) const {
    return [dict = *this, kind](PagePosition position) { return dict.page(kind, position); };
  }
};

}  // namespace syncmanager

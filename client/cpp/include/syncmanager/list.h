#pragma once

#include <syncmanager/list_calls.h>

#include <utility>

namespace syncmanager {

// A list of T, after Python's; each call is one step in the manager. Throws WrongType for an
// element of another type.
template <class T>
class List final : public ListCalls {
 public:
  static constexpr const char* kType = "list";

  explicit List(ReferencePtr reference) : ListCalls(std::move(reference)) {}
  List(const ReferencePtr& registry, std::string_view name) : List(open(registry, name)) {}

  // Throws std::out_of_range if there is no such index.
  T at(int64_t index) const { return in_range(get_encoded(index)); }
  // Nothing if there is no such index.
  std::optional<T> find(int64_t index) const {
    Answer answer = get_encoded(index);
    return read_if_found<T>(answer);
  }
  // Throws std::out_of_range if there is no such index.
  void set(int64_t index, const T& value) const { set_encoded(index, encode(value)).in_range(); }
  void append(const T& value) const { append_encoded(encode(value)).require(); }
  // All of them in one step.
  template <class Range>
  void extend(const Range& values) const {
    extend_encoded(encode_all(values)).require();
  }
  // In front of `index`; beyond an end it is put there.
  void insert(int64_t index, const T& value) const {
    insert_encoded(index, encode(value)).require();
  }
  // Takes out the last, or the one at `index`; nothing if there is none.
  std::optional<T> pop(std::optional<int64_t> index = std::nullopt) const {
    Answer answer = pop_encoded(index);
    return read_if_found<T>(answer);
  }
  // Removes the first that equals `value`, in Python's sense. Throws Refused if none does.
  void remove(const T& value) const { remove_encoded(encode(value)).require(); }
  // Where the first stands that equals `value`. Throws Refused if none does.
  int64_t index(const T& value) const {
    return index_encoded(encode(value)).template as<int64_t>();
  }
  int64_t count(const T& value) const {
    return count_encoded(encode(value)).template as<int64_t>();
  }
  bool contains(const T& value) const { return contains_encoded(encode(value)).boolean(); }
  template <class Range>
  void assign(const Slice& slice, const Range& values) const {
    set_slice(slice, encode_all(values)).require();
  }
  // Adds to a number, and returns the sum. Throws std::out_of_range if there is no such index.
  T add(int64_t index, const T& amount) const {
    return in_range(add_encoded(index, encode(amount)));
  }
  // Sets the element if it equals `expected`; returns whether it did.
  bool compare_and_set(int64_t index, const T& expected, const T& desired) const {
    Answer answer = compare_and_set_encoded(index, encode(expected), encode(desired));
    answer.in_range();
    return answer.boolean();
  }

  Future<T> async_at(int64_t index) const { return {start_get(index), read_value<T>}; }
  Future<void> async_append(const T& value) const {
    return {start_append(encode(value)), read_nothing};
  }

  // Page by page, as the list is meanwhile.
  PagedRange<T> values(const Slice& slice = {}) const {
    return {[list = *this, slice](PagePosition position) { return list.page(slice, position); },
            read_element<T>};
  }
  auto begin() const { return values().begin(); }
  PageEnd end() const { return {}; }
  // Everything, or a slice, as it was at one moment.
  std::vector<T> to_vector(const Slice& slice = {}) const { return read_all(values(slice)); }

 private:
  static T in_range(Answer answer) {
    answer.in_range();
    return answer.as<T>();
  }
  template <class Range>
  static Values encode_all(const Range& values) {
    Values encoded;
    for (const auto& value : values) encoded.push_back(encode<T>(value));
    return encoded;
  }
};

}  // namespace syncmanager

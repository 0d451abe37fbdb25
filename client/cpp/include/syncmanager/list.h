#pragma once

#include <syncmanager/list_calls.h>
#include <syncmanager/sequence.h>

#include <utility>

namespace syncmanager {

// A list of T, after Python's; each call is one step in the manager. Throws WrongType for an
// element of another type.
template <class T>
class List final : public ListCalls, public Sequence<List<T>, T> {
 public:
  static constexpr const char* kType = "list";

  explicit List(ReferencePtr reference) : ListCalls(std::move(reference)) {}
  List(const ReferencePtr& registry, std::string_view name) : List(open(registry, name)) {}

  // Nothing if there is no such index.
  std::optional<T> find(int64_t index) const {
    Answer answer = get_encoded(index);
    return read_if_found<T>(answer);
  }
  void append(const T& value) const { append_encoded(encode(value)).require(); }
  // All of them in one step.
  template <class Range>
  void extend(const Range& values) const {
    extend_encoded(encode_all<T>(values)).require();
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

  Future<void> async_append(const T& value) const {
    return {start_append(encode(value)), read_nothing};
  }

 private:
  friend class Sequence<List, T>;
};

}  // namespace syncmanager

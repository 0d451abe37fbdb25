#pragma once

#include <syncmanager/list_calls.h>

#include <type_traits>
#include <utility>

namespace syncmanager {

// The typecode of Python's array module that has the numbers of a T.
template <class T>
consteval char typecode() {
  if constexpr (std::is_floating_point_v<T>) {
    return sizeof(T) == 4 ? 'f' : 'd';
  } else {
    static_assert(Integer<T>, "an Array is of numbers");
    constexpr char kSigned = sizeof(T) == 1   ? 'b'
                             : sizeof(T) == 2 ? 'h'
                             : sizeof(T) == 4 ? 'i'
                                              : 'q';
    constexpr char kToUpper = 'A' - 'a';
    return std::is_signed_v<T> ? kSigned : static_cast<char>(kSigned + kToUpper);
  }
}

// The part of an Array that doesn't depend on its type. Negative indices count from the end.
class ArrayCalls : public Proxy {
 public:
  int64_t size() const;

 protected:
  using Encoded = std::string_view;
  using Values = std::vector<std::string>;

  using Proxy::Proxy;
  static ReferencePtr open(const ReferencePtr& registry, std::string_view name, char typecode,
                           const Values& values, uint64_t zeros);

  Answer get_encoded(int64_t index) const;
  Answer set_encoded(int64_t index, Encoded value) const;
  Answer set_slice(const Slice& slice, const Values& values) const;
  Answer add_encoded(int64_t index, Encoded amount) const;
  Answer compare_and_set_encoded(int64_t index, Encoded expected, Encoded desired) const;
  PendingAnswer start_get(int64_t index) const;
  PendingAnswer start_set(int64_t index, Encoded value) const;
  PendingAnswer start_add(int64_t index, Encoded amount) const;
  Answer page(const Slice& slice, PagePosition position) const;
};

// A fixed number of T, which is a number; after Python's managed Array. The manager refuses what is
// out of the type's range. Every call with an index throws std::out_of_range if there is none such.
template <class T>
class Array final : public ArrayCalls {
 public:
  static constexpr const char* kType = "Array";

  explicit Array(ReferencePtr reference) : ArrayCalls(std::move(reference)) {}
  // Begins with `values`, and `zeros` more.
  Array(const ReferencePtr& registry, std::string_view name, const std::vector<T>& values,
        uint64_t zeros)
      : Array(open(registry, name, typecode<T>(), encode_all(values), zeros)) {}

  T at(int64_t index) const { return in_range(get_encoded(index)); }
  void set(int64_t index, T value) const { set_encoded(index, encode(value)).in_range(); }
  // As many values as the slice has.
  template <class Range>
  void assign(const Slice& slice, const Range& values) const {
    set_slice(slice, encode_all(values)).require();
  }
  // Returns the sum.
  T add(int64_t index, T amount) const { return in_range(add_encoded(index, encode(amount))); }
  // Sets the number if it equals `expected`; returns whether it did.
  bool compare_and_set(int64_t index, T expected, T desired) const {
    Answer answer = compare_and_set_encoded(index, encode(expected), encode(desired));
    answer.in_range();
    return answer.boolean();
  }

  Future<T> async_at(int64_t index) const { return {start_get(index), read_value<T>}; }
  Future<void> async_set(int64_t index, T value) const {
    return {start_set(index, encode(value)), read_nothing};
  }
  Future<T> async_add(int64_t index, T amount) const {
    return {start_add(index, encode(amount)), read_value<T>};
  }

  // Page by page, as the array is meanwhile.
  PagedRange<T> values(const Slice& slice = {}) const {
    return {[array = *this, slice](PagePosition position) { return array.page(slice, position); },
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
    for (const T value : values) encoded.push_back(encode(value));
    return encoded;
  }
};

}  // namespace syncmanager

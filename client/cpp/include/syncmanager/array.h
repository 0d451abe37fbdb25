#pragma once

#include <syncmanager/sequence.h>

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
// out of the type's range. Every call with an index throws std::out_of_range if there is none such;
// assign() takes as many values as the slice has.
template <class T>
class Array final : public ArrayCalls, public Sequence<Array<T>, T> {
 public:
  static constexpr const char* kType = "Array";

  explicit Array(ReferencePtr reference) : ArrayCalls(std::move(reference)) {}
  // Begins with `values`, and `zeros` more.
  Array(const ReferencePtr& registry, std::string_view name, const std::vector<T>& values,
        uint64_t zeros)
      : Array(open(registry, name, typecode<T>(), encode_all<T>(values), zeros)) {}

  Future<void> async_set(int64_t index, T value) const {
    return {start_set(index, encode(value)), read_nothing};
  }
  Future<T> async_add(int64_t index, T amount) const {
    return {start_add(index, encode(amount)), read_value<T>};
  }

 private:
  friend class Sequence<Array, T>;
};

}  // namespace syncmanager

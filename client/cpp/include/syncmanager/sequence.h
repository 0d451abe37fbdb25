#pragma once

#include <syncmanager/future.h>
#include <syncmanager/list_calls.h>
#include <syncmanager/paging.h>

#include <cstdint>
#include <vector>

namespace syncmanager {

// The common operations of a List and an Array of T; P is one of them. Each call is one step in the
// manager.
template <class P, class T>
class Sequence {
 public:
  // Those that have an index throw std::out_of_range if there is none such.
  T at(int64_t index) const { return in_range(proxy().get_encoded(index)); }
  void set(int64_t index, const T& value) const {
    proxy().set_encoded(index, encode(value)).in_range();
  }
  template <class Range>
  void assign(const Slice& slice, const Range& values) const {
    proxy().set_slice(slice, encode_all<T>(values)).require();
  }
  // Adds to a number, and returns the sum.
  T add(int64_t index, const T& amount) const {
    return in_range(proxy().add_encoded(index, encode(amount)));
  }
  // Sets the element if it equals `expected`; returns whether it did.
  bool compare_and_set(int64_t index, const T& expected, const T& desired) const {
    Answer answer = proxy().compare_and_set_encoded(index, encode(expected), encode(desired));
    answer.in_range();
    return answer.boolean();
  }

  Future<T> async_at(int64_t index) const { return {proxy().start_get(index), read_value<T>}; }

  // Page by page, as it is meanwhile.
  PagedRange<T> values(const Slice& slice = {}) const {
    return {[copy = proxy(), slice](PagePosition position) { return copy.page(slice, position); },
            read_element<T>};
  }
  auto begin() const { return values().begin(); }
  PageEnd end() const { return {}; }
  // Everything, or a slice, as it was at one moment.
  std::vector<T> to_vector(const Slice& slice = {}) const { return read_all(values(slice)); }

 private:
  const P& proxy() const { return static_cast<const P&>(*this); }
  static T in_range(Answer answer) {
    answer.in_range();
    return answer.as<T>();
  }
};

}  // namespace syncmanager

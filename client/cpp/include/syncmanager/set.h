#pragma once

#include <syncmanager/future.h>
#include <syncmanager/paging.h>
#include <syncmanager/proxy.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncmanager {

// The part of a Set that doesn't depend on its type.
class SetCalls : public Proxy {
 public:
  int64_t size() const;
  bool empty() const { return size() == 0; }
  void clear() const;

 protected:
  enum class Operator { kUnion, kIntersection, kDifference, kSymmetricDifference };

  using Proxy::Proxy;
  static ReferencePtr open(const ReferencePtr& registry, std::string_view name);

  Answer insert_encoded(std::string_view value) const;
  Answer erase_encoded(std::string_view value) const;
  Answer contains_encoded(std::string_view value) const;
  Answer pop_oldest() const;
  Answer combine(Operator with, const std::vector<std::string>& values) const;
  PendingAnswer start_insert(std::string_view value) const;
  Answer page(PagePosition position) const;
};

// A set of T in the order of insertion, with Python's equality. Each call is one step in the
// manager.
template <class T>
class Set final : public SetCalls {
 public:
  static constexpr const char* kType = "set";

  explicit Set(ReferencePtr reference) : SetCalls(std::move(reference)) {}
  Set(const ReferencePtr& registry, std::string_view name) : Set(open(registry, name)) {}

  // Whether it was new.
  bool insert(const T& value) const { return insert_encoded(encode(value)).boolean(); }
  // Whether it was there.
  bool erase(const T& value) const { return erase_encoded(encode(value)).boolean(); }
  bool contains(const T& value) const { return contains_encoded(encode(value)).boolean(); }
  // Takes the oldest out; nothing if the set is empty.
  std::optional<T> pop() const {
    Answer answer = pop_oldest();
    return read_if_found<T>(answer);
  }

  // This set becomes the union (...) of itself and the values of `range`.
  template <class Range>
  void unite(const Range& range) const {
    combine_with(Operator::kUnion, range);
  }
  template <class Range>
  void intersect(const Range& range) const {
    combine_with(Operator::kIntersection, range);
  }
  template <class Range>
  void subtract(const Range& range) const {
    combine_with(Operator::kDifference, range);
  }
  template <class Range>
  void toggle(const Range& range) const {
    combine_with(Operator::kSymmetricDifference, range);
  }

  Future<bool> async_insert(const T& value) const {
    return {start_insert(encode(value)), read_value<bool>};
  }

  // Page by page, as the set is meanwhile.
  PagedRange<T> values() const {
    return {[set = *this](PagePosition position) { return set.page(position); }, read_element<T>};
  }
  auto begin() const { return values().begin(); }
  PageEnd end() const { return {}; }
  // Everything as it was at one moment.
  std::vector<T> to_vector() const { return read_all(values()); }

 private:
  template <class Range>
  void combine_with(Operator with, const Range& range) const {
    combine(with, encode_all<T>(range)).require();
  }
};

}  // namespace syncmanager

#pragma once

#include <syncmanager/future.h>
#include <syncmanager/paging.h>
#include <syncmanager/proxy.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncmanager {

// Python's slice: from `start` to before `stop`, every `step`-th; negative places count from the
// end, and what is absent is the whole way.
struct Slice {
  std::optional<int64_t> start, stop, step;
};

// The part of a List that doesn't depend on its type. Negative indices count from the end.
class ListCalls : public Proxy {
 public:
  int64_t size() const;
  bool empty() const { return size() == 0; }
  void clear() const;
  void reverse() const;
  // By Python's order of values; stable. Throws Refused if two of them have no order.
  void sort(bool reverse = false) const;
  // The list becomes that many of itself.
  void repeat(int64_t times) const;
  // Throws std::out_of_range if there is no such index.
  void erase(int64_t index) const;
  void erase(const Slice& slice) const;

 protected:
  using Encoded = std::string_view;
  using Values = std::vector<std::string>;

  using Proxy::Proxy;
  static ReferencePtr open(const ReferencePtr& registry, std::string_view name);

  Answer get_encoded(int64_t index) const;
  Answer set_encoded(int64_t index, Encoded value) const;
  Answer append_encoded(Encoded value) const;
  Answer extend_encoded(const Values& values) const;
  Answer insert_encoded(int64_t index, Encoded value) const;
  Answer pop_encoded(std::optional<int64_t> index) const;
  Answer remove_encoded(Encoded value) const;
  Answer index_encoded(Encoded value) const;
  Answer count_encoded(Encoded value) const;
  Answer contains_encoded(Encoded value) const;
  Answer set_slice(const Slice& slice, const Values& values) const;
  Answer add_encoded(int64_t index, Encoded amount) const;
  Answer compare_and_set_encoded(int64_t index, Encoded expected, Encoded desired) const;
  PendingAnswer start_get(int64_t index) const;
  PendingAnswer start_append(Encoded value) const;
  Answer page(const Slice& slice, PagePosition position) const;
};

}  // namespace syncmanager

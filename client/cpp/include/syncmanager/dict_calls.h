#pragma once

#include <syncmanager/future.h>
#include <syncmanager/paging.h>
#include <syncmanager/proxy.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncmanager {

// The part of a Dict that doesn't depend on its types: keys and values are encoded.
class DictCalls : public Proxy {
 public:
  int64_t size() const;
  bool empty() const { return size() == 0; }
  void clear() const;

 protected:
  using Encoded = std::string_view;
  using Entries = std::vector<std::pair<std::string, std::string>>;

  using Proxy::Proxy;
  static ReferencePtr open(const ReferencePtr& registry, std::string_view name);

  Answer get_encoded(Encoded key) const;
  Answer set_encoded(Encoded key, Encoded value) const;
  Answer erase_encoded(Encoded key) const;
  Answer contains_encoded(Encoded key) const;
  Answer pop_encoded(Encoded key) const;
  Answer pop_newest() const;
  Answer set_default_encoded(Encoded key, Encoded value) const;
  Answer update_encoded(const Entries& entries) const;
  Answer add_encoded(Encoded key, Encoded amount, std::optional<Encoded> initial) const;
  Answer compare_and_set_encoded(Encoded key, std::optional<Encoded> expected,
                                 std::optional<Encoded> desired) const;
  PendingAnswer start_get(Encoded key) const;
  PendingAnswer start_set(Encoded key, Encoded value) const;
  PendingAnswer start_add(Encoded key, Encoded amount, std::optional<Encoded> initial) const;
  Answer page(PageKind kind, PagePosition position) const;
};

}  // namespace syncmanager

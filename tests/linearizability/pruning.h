#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "tests/linearizability/history.h"
#include "tests/linearizability/models.h"

namespace syncmanager::linearizability {

// Prunes the search for an order of a history: it knows from the whole history of a queue or a list
// in which order items are taken later. The search then need not try all orders of overlapping
// puts whose items are got much later. For other kinds it prunes nothing.
//
// REQUIRES: each item is put once, and isn't negative.
class Pruning {
 public:
  explicit Pruning(std::span<const Operation> history);

  // Returns the operation. An item that no known operation takes is replaced by one placeholder,
  // because such items are interchangeable.
  Operation simplified(Operation operation) const;
  // Returns whether the unknown operation can be left out: every valid order with the operation
  // stays valid without it.
  bool needless(const Operation& unknown) const;
  // Returns whether after `operation`, which led from `before` to `after`, some item can't be
  // taken as the history says.
  bool hopeless(const Operation& operation, const ModelState& before,
                const ModelState& after) const;

 private:
  static constexpr int64_t kNeverTaken = -1;

  struct Taking {
    uint64_t invoked, returned;
  };

  bool can_be_taken(absl::Span<const int64_t> items, bool oldest_first) const;
  // Returns when this item is taken; null if no known operation takes it.
  const Taking* taking_of(int64_t item) const;

  absl::flat_hash_map<int64_t, Taking> takings_;  // By item.
  std::vector<Taking> unknown_takings_;
};

}  // namespace syncmanager::linearizability

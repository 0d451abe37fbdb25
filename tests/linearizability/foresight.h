#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "tests/linearizability/history.h"
#include "tests/linearizability/models.h"

namespace syncmanager::linearizability {

// The order of a queue's or a list's items, as its history tells it before they are taken: it
// keeps a search from trying all orders of puts that overlap, where the gets that tell them apart
// come much later. Of other kinds it says nothing.
//
// REQUIRES: items are put once, and aren't negative.
class Foresight {
 public:
  explicit Foresight(std::span<const Operation> history);

  // The operation, with its item replaced by one and the same if nobody is known to have taken it:
  // such items are all alike.
  Operation simplified(Operation operation) const;
  // Whether an unknown operation is in no order without which there isn't one too.
  bool needless(const Operation& unknown) const;
  // Whether `operation`, which led from one state to the other, leaves no way for all that is known
  // to be taken.
  bool hopeless(const Operation& operation, const ModelState& before,
                const ModelState& after) const;

 private:
  static constexpr int64_t kNeverTaken = -1;

  struct Taking {
    uint64_t invoked, returned;
  };

  bool can_be_taken(absl::Span<const int64_t> items, bool oldest_first) const;
  // The taking of this item, null if nobody is known to have done it.
  const Taking* taking_of(int64_t item) const;

  absl::flat_hash_map<int64_t, Taking> takings_;  // By item.
  std::vector<Taking> unknown_takings_;
};

}  // namespace syncmanager::linearizability

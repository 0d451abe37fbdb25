#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "manager/core/caller.h"
#include "manager/core/snapshot.h"
#include "manager/core/time.h"
#include "manager/objects/queue_items.h"

namespace syncmanager::manager {

// The items that a reliable queue has delivered and not heard of again, by the number of their
// delivery. A delivery is for one caller, and any caller of its session may end it.
class Unacknowledged {
 public:
  struct Delivery {
    Caller caller;
    Time since;
    QueueItem item;
  };

  // Returns the delivery's number, which is above all others there have been.
  uint64_t add(Delivery delivery);
  // The oldest delivery in this caller's hand; 0 if there is none.
  uint64_t oldest_of(Caller caller) const;
  // Takes the item of that delivery out of the session's hand; nothing if it isn't there.
  std::optional<QueueItem> take(SessionNumber session, uint64_t number);
  // Takes all that a session has in hand, the oldest delivery first.
  std::vector<QueueItem> take_all(SessionNumber session);

  size_t size() const { return deliveries_.size(); }
  // By number.
  const absl::btree_map<uint64_t, Delivery>& deliveries() const { return deliveries_; }
  void save(Snapshot& snapshot) const;

 private:
  uint64_t last_number_ = 0;
  absl::btree_map<uint64_t, Delivery> deliveries_;
  absl::btree_set<std::pair<Caller, uint64_t>> callers_;  // Who has which.
};

}  // namespace syncmanager::manager

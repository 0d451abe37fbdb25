#pragma once

#include <cstdint>
#include <utility>

#include "absl/container/btree_map.h"
#include "manager/core/wait_list.h"

namespace syncmanager::manager {

// Who is to be expired when. It is told the time and never asks for it; calls with the same
// deadline expire in the order of their parking.
class Deadlines {
 public:
  void watch(Waiter& waiter) { waiters_.emplace(key(waiter), &waiter); }
  void unwatch(const Waiter& waiter) { waiters_.erase(key(waiter)); }

  // The earliest deadline; kNever if nobody has one.
  Time next() const { return waiters_.empty() ? kNever : waiters_.begin()->first.first; }
  // A waiter whose deadline is over at `now`, null if there is none. It stays until forgotten.
  Waiter* due(Time now) const { return next() <= now ? waiters_.begin()->second : nullptr; }

 private:
  using Key = std::pair<Time, uint64_t>;
  static Key key(const Waiter& waiter) { return {waiter.deadline, waiter.number}; }

  absl::btree_map<Key, Waiter*> waiters_;
};

}  // namespace syncmanager::manager

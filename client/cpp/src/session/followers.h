#pragma once

#include <algorithm>
#include <cstddef>
#include <list>

#include "protos/support/mutex.h"

namespace syncmanager {

// A thread that waits for the leader to bring its answer. It belongs to the session and not to the
// thread, so that it can be notified after the lock was released, when the thread may have gone on.
struct Follower {
  ConditionVariable changed;
  bool served = false;  // Its answer is there: it won't lead.
};

// The threads that follow the leader, in the order in which they came. Protected by the session's
// lock. Keeps the places of threads that have left for the next ones.
class Followers {
 public:
  using Place = std::list<Follower>::iterator;

  Place join() {
    if (unused_.empty()) unused_.emplace_back();
    const Place place = unused_.begin();
    waiting_.splice(waiting_.end(), unused_, place);
    place->served = false;
    return place;
  }
  void leave(Place place) { unused_.splice(unused_.begin(), waiting_, place); }

  size_t size() const { return waiting_.size(); }
  // The follower that waits longest and has no answer yet; null: none.
  Follower* next() {
    const auto next = std::ranges::find(waiting_, false, &Follower::served);
    return next == waiting_.end() ? nullptr : &*next;
  }

 private:
  std::list<Follower> waiting_, unused_;
};

}  // namespace syncmanager

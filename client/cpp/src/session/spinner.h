#pragma once

#include <chrono>
#include <cstddef>

#include "protos/support/core_contention.h"

namespace syncmanager {

// Decides whether a thread spins for a moment before it sleeps, because a wake-up across cores
// costs more than most operations. It spins while answers come within that moment. Each time no
// answer comes, or another process needs the core, the following waits don't spin, and their number
// doubles. After a long yield no wait spins for a time (CoreContention). Takes the time as an
// argument; never reads a clock. For the leader.
class Spinner {
 public:
  using Monotonic = CoreContention::Monotonic;

  // `longest`: the longest spin. 0: never spin.
  explicit Spinner(std::chrono::microseconds longest);

  std::chrono::microseconds longest() const { return longest_; }
  // Whether to spin for the next event. `others`: the number of other threads that wait. Called
  // once for each event.
  bool worth_it(size_t others, Monotonic now);
  // This thread yielded its core at `from` and got it back at `to`.
  void yielded(Monotonic from, Monotonic to) { contention_.yielded(from, to); }
  // The event came during the spin, or not.
  void came();
  void came_late();

 private:
  const std::chrono::microseconds longest_;
  const size_t cores_;
  CoreContention contention_;
  unsigned to_skip_ = 0;
  unsigned skipped_ = 0;
};

}  // namespace syncmanager

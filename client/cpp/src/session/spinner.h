#pragma once

#include <chrono>
#include <cstddef>

#include "protos/support/core_contention.h"

namespace syncmanager {

// Whether it pays to look for an answer for a moment before sleeping: a wake-up across cores costs
// more than most operations. It does while answers come that soon; each time none does, or another
// process needed the core meanwhile, it is left for twice as many waits as before; after a yield
// that cost the core for long, for a time (CoreContention). Takes the time as an argument.
// Belongs to the thread that drives the stream.
class WaitSpinner {
 public:
  using Monotonic = CoreContention::Monotonic;

  // `longest` 0: never.
  explicit WaitSpinner(std::chrono::microseconds longest);

  std::chrono::microseconds longest() const { return longest_; }
  // Asked once for each event that is waited for, with the number of other threads that wait.
  bool worth_it(size_t others, Monotonic now);
  // The core was yielded at `from` and came back at `to`.
  void yielded(Monotonic from, Monotonic to) { contention_.yielded(from, to); }
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

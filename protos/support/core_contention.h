#pragma once

#include <chrono>

namespace syncmanager {

// Whether other processes compete for the cores. Both sides use it: they look for the next message
// without sleeping, and yield their core between two looks. A yield returns at once while no other
// process wants the core, and soon if the peer wanted it. But a program that computes keeps the
// core for milliseconds, so a yield for each message would leave a few hundred messages a second. A
// thread that sleeps is woken at once.
//
// So a rest from spinning follows a long yield. It is twice as long each time, from 10 ms to 2 s,
// and gets shorter when spins are met. Takes the time as an argument and never reads a clock.
class CoreContention {
 public:
  using Monotonic = std::chrono::steady_clock::time_point;

  // The core was yielded at `from` and came back at `to`.
  void yielded(Monotonic from, Monotonic to);
  // A spin was met by what it looked for.
  void met();
  // Whether to sleep rather than spin at `now`.
  bool lasts(Monotonic now) const { return now < end_; }

 private:
  Monotonic end_ = Monotonic::min();
  std::chrono::milliseconds rest_{0};
  unsigned met_ = 0;  // Since the rest was last changed.
};

}  // namespace syncmanager

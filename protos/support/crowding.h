#pragma once

#include <chrono>

namespace syncmanager {

// Whether others want the cores. For both sides, which look for the next message without sleeping
// and yield their core between two looks. A yield returns at once while nobody else wants the core,
// and soon if it was the peer's turn. But a program that computes keeps the core for milliseconds,
// and a yield for each message would leave a few hundred messages a second: asleep, who looks is
// woken at once.
//
// So a long yield is followed by a rest from spinning, which is twice as long each time, from 10 ms
// to 2 s; spins that are met make it shorter again. Told the time and never asks for it.
class Crowding {
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

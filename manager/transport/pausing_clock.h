#pragma once

#include <chrono>

#include "manager/core/time.h"

namespace syncmanager {

// Where the Engine's time comes from: the steady clock since this was made, without the pauses of
// this process. A manager that was stopped (SIGSTOP, a suspended machine, a swap storm) would else
// find every deadline over at once; so whoever reads it says by when it meant to come back, and
// what goes far beyond that doesn't count.
class PausingClock {
 public:
  // What a busy machine may be late without having been stopped.
  static constexpr Duration kTolerance = std::chrono::seconds(3);

  // Engine time now. `meant` is how long after the last reading the caller meant to read it again
  // at the latest. Returns the pause that was left out through `pause`, zero for none.
  Time now(Duration meant, Duration& pause) {
    const auto reading = std::chrono::steady_clock::now();
    const auto gap = std::chrono::duration_cast<Duration>(reading - last_);
    last_ = reading;
    pause = gap > meant + kTolerance ? gap - meant : Duration::zero();
    return time_ += gap - pause;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  Time time_{};
};

}  // namespace syncmanager

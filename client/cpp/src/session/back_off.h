#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace syncmanager {

// The pauses between attempts to connect: they double and differ, so that a fleet doesn't come back
// as one. For one thread.
class BackOff {
 public:
  // Returns the pause before the next attempt: 5 to 15 ms at first, in the end half a second on
  // average.
  std::chrono::milliseconds next() {
    const auto pause = pause_;
    pause_ = std::min(2 * pause_, kLongest);
    return pause / 2 + std::chrono::milliseconds(static_cast<int64_t>(random_()) % pause.count());
  }

 private:
  static constexpr std::chrono::milliseconds kLongest{500};

  std::chrono::milliseconds pause_{10};
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace syncmanager

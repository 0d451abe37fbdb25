#pragma once

#include <chrono>
#include <optional>

#include "manager/core/time.h"

namespace syncmanager::manager {

// Engine time: microseconds since the start, without the manager's own pauses. Its owner
// looks at least every second; a gap of more than three (SIGSTOP, swap, a suspended machine) is not
// counted as time, so that nobody's deadline passes while nobody could be served. Takes the
// time as an argument. One thread at a time.
class PauselessClock {
 public:
  using Monotonic = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kLongestGap{3};

  explicit PauselessClock(Monotonic start) : zero_(start), last_seen_(start) {}

  // The clock stands at `now`. Returns the pause that this look found, if it found one.
  std::optional<Duration> look(Monotonic now) {
    const auto gap = now - last_seen_;
    last_seen_ = now;
    if (gap <= kLongestGap) return std::nullopt;
    zero_ += gap;
    return std::chrono::duration_cast<Duration>(gap);
  }

  // Engine time as of the last look.
  Time now() const { return Time(std::chrono::duration_cast<Duration>(last_seen_ - zero_)); }
  // When it will be `time`, if no pause comes between.
  Monotonic when(Time time) const { return zero_ + time.time_since_epoch(); }

 private:
  Monotonic zero_;
  Monotonic last_seen_;
};

}  // namespace syncmanager::manager

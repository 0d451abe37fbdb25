#pragma once

#include <chrono>

namespace syncmanager::manager {

// Engine time: microseconds since the Engine started, as its inputs say. Nobody reads a clock here,
// which is why EngineClock has no now().
struct EngineClock {
  using duration = std::chrono::microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<EngineClock>;
  static constexpr bool is_steady = true;
};

using Duration = EngineClock::duration;
using Time = EngineClock::time_point;

inline constexpr Time kNever = Time::max();  // The deadline of a call that waits for ever.

}  // namespace syncmanager::manager

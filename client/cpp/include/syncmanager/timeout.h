#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace syncmanager {

// How long a call may wait in the manager. The durations and time points of the public calls end in
// one of these; it travels as a duration, as two machines' clocks differ.
class Timeout {
 public:
  // Waits for ever.
  static constexpr Timeout never() { return Timeout(std::nullopt); }
  // Never waits.
  static constexpr Timeout now() { return Timeout(0); }
  // Rounded up to whole microseconds, so that nobody gives up early. Nothing, or less, never waits;
  // a year or more waits for a year, the manager's longest.
  template <class Rep, class Period>
  static constexpr Timeout after(std::chrono::duration<Rep, Period> duration) {
    constexpr std::chrono::hours kYear{24 * 365};
    if (!(duration > duration.zero())) return now();
    // As a real number, since the largest of days is more hours than there are.
    if (std::chrono::duration<double>(duration) >= kYear)
      return Timeout(std::chrono::microseconds(kYear).count());
    return Timeout(std::chrono::ceil<std::chrono::microseconds>(duration).count());
  }
  template <class Clock, class Duration>
  static Timeout until(std::chrono::time_point<Clock, Duration> point) {
    const auto present = Clock::now();
    return point > present ? after(point - present) : now();
  }

  // Nothing: for ever.
  constexpr std::optional<uint64_t> microseconds() const { return microseconds_; }

 private:
  constexpr explicit Timeout(std::nullopt_t) {}
  constexpr explicit Timeout(int64_t count) : microseconds_(static_cast<uint64_t>(count)) {}

  std::optional<uint64_t> microseconds_;
};

}  // namespace syncmanager

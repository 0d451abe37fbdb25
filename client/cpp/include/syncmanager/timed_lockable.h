#pragma once

#include <syncmanager/timeout.h>

#include <chrono>

namespace syncmanager {

// Makes a TimedLockable, as std has it, of a proxy P with `bool acquire(Timeout) const` that
// returns whether it was granted, and an unlock().
template <class P>
class TimedLockable {
 public:
  // Waits until it is granted.
  void lock() const { proxy().acquire(Timeout::never()); }
  // Each false: not granted in time.
  bool try_lock() const { return proxy().acquire(Timeout::now()); }
  template <class Rep, class Period>
  bool try_lock_for(std::chrono::duration<Rep, Period> timeout) const {
    return proxy().acquire(Timeout::after(timeout));
  }
  template <class Clock, class Duration>
  bool try_lock_until(std::chrono::time_point<Clock, Duration> point) const {
    return proxy().acquire(Timeout::until(point));
  }

 private:
  const P& proxy() const { return static_cast<const P&>(*this); }
};

}  // namespace syncmanager

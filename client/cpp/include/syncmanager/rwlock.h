#pragma once

#include <syncmanager/lock.h>
#include <syncmanager/proxy.h>
#include <syncmanager/timed_lockable.h>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

namespace syncmanager {

// Many readers or one writer, first come first served, so that neither side starves; the members of
// std::shared_timed_mutex, for std::shared_lock and std::unique_lock. Owned by the thread that
// locked it. lock() and its like are to write.
class RWLock final : public Proxy, public TimedLockable<RWLock> {
 public:
  static constexpr const char* kType = "RWLock";

  explicit RWLock(ReferencePtr reference) : Proxy(std::move(reference)) {}
  RWLock(const ReferencePtr& registry, std::string_view name, const LockOptions& options);

  // As Lock::unlock(): throws Refused for misuse, and is silent when the connection is lost.
  void unlock() const;

  // To read. Those that return bool return false if it isn't granted in time.
  void lock_shared() const { acquire(false, Timeout::never()); }
  bool try_lock_shared() const { return acquire(false, Timeout::now()); }
  template <class Rep, class Period>
  bool try_lock_shared_for(std::chrono::duration<Rep, Period> timeout) const {
    return acquire(false, Timeout::after(timeout));
  }
  template <class Clock, class Duration>
  bool try_lock_shared_until(std::chrono::time_point<Clock, Duration> point) const {
    return acquire(false, Timeout::until(point));
  }
  void unlock_shared() const { unlock(); }

  // How many read; -1: somebody writes.
  int64_t readers() const;

 private:
  friend class TimedLockable<RWLock>;
  bool acquire(Timeout timeout) const { return acquire(true, timeout); }
  bool acquire(bool to_write, Timeout timeout) const;
};

}  // namespace syncmanager

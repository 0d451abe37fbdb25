#pragma once

#include <syncmanager/lock.h>
#include <syncmanager/proxy.h>
#include <syncmanager/timed_lockable.h>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

namespace syncmanager {

// A condition variable with its lock, after threading.Condition: hold it (it is a TimedLockable),
// look, and wait until another caller notifies. It works on a Lock or RLock that other proxies may
// use, or on a new RLock. There are no spurious wake-ups. Waiting or notifying without holding
// the lock throws Refused.
//
//   std::unique_lock mine(turn);
//   turn.wait([&] { return whose.get() == me; });
class Condition final : public Proxy, public TimedLockable<Condition> {
 public:
  static constexpr const char* kType = "Condition";

  explicit Condition(ReferencePtr reference) : Proxy(std::move(reference)) {}
  // Works on `lock`, or on a new RLock if it is null. For a name that exists, the lock of the first
  // open counts.
  Condition(const ReferencePtr& registry, std::string_view name, const LockCalls* lock,
            const LockOptions& options);

  // As Lock::unlock(): throws Refused for misuse, and is silent when the connection is lost.
  void unlock() const;
  bool locked() const;

  // Lets go of the lock, waits to be notified, and returns holding the lock, whatever happened.
  void wait() const { wait(Timeout::never()); }
  template <class Predicate>
  void wait(Predicate predicate) const {
    while (!predicate()) wait();
  }
  // Each false: nobody notified it in time; with a predicate: it is still false then.
  template <class Rep, class Period>
  bool wait_for(std::chrono::duration<Rep, Period> timeout) const {
    return wait(Timeout::after(timeout));
  }
  template <class Rep, class Period, class Predicate>
  bool wait_for(std::chrono::duration<Rep, Period> timeout, Predicate predicate) const {
    const std::chrono::microseconds bounded(*Timeout::after(timeout).microseconds());
    return wait_until(std::chrono::steady_clock::now() + bounded, std::move(predicate));
  }
  template <class Clock, class Duration>
  bool wait_until(std::chrono::time_point<Clock, Duration> point) const {
    return wait(Timeout::until(point));
  }
  template <class Clock, class Duration, class Predicate>
  bool wait_until(std::chrono::time_point<Clock, Duration> point, Predicate predicate) const {
    while (!predicate()) {
      if (!wait_until(point)) return predicate();
    }
    return true;
  }

  // The threads that have waited longest.
  void notify_one() const { notify(1); }
  void notify(uint64_t count) const;
  void notify_all() const;

 private:
  friend class TimedLockable<Condition>;
  bool acquire(Timeout timeout) const;
  bool wait(Timeout timeout) const;
};

}  // namespace syncmanager

#pragma once

#include <syncmanager/future.h>
#include <syncmanager/proxy.h>

#include <chrono>
#include <string_view>
#include <utility>

namespace syncmanager {

// A flag that threads of any process wait for; after threading.Event.
class Event final : public Proxy {
 public:
  static constexpr const char* kType = "Event";

  explicit Event(ReferencePtr reference) : Proxy(std::move(reference)) {}
  Event(const ReferencePtr& registry, std::string_view name);

  // Everybody who waits goes on, even if it is cleared at once.
  void set() const;
  void clear() const;
  bool is_set() const;
  void wait() const { wait(Timeout::never()); }
  // Each false: not in time.
  template <class Rep, class Period>
  bool wait_for(std::chrono::duration<Rep, Period> timeout) const {
    return wait(Timeout::after(timeout));
  }
  template <class Clock, class Duration>
  bool wait_until(std::chrono::time_point<Clock, Duration> point) const {
    return wait(Timeout::until(point));
  }
  Future<void> async_wait() const;

 private:
  bool wait(Timeout timeout) const;
};

}  // namespace syncmanager

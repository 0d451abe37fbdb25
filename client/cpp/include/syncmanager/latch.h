#pragma once

#include <syncmanager/proxy.h>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

namespace syncmanager {

// Opens once, when its count has come down to 0, and stays open; after std::latch and Java's
// CountDownLatch.
class CountDownLatch final : public Proxy {
 public:
  static constexpr const char* kType = "Latch";

  explicit CountDownLatch(ReferencePtr reference) : Proxy(std::move(reference)) {}
  CountDownLatch(const ReferencePtr& registry, std::string_view name, int64_t count);

  // Stops at 0.
  void count_down(int64_t count = 1) const;
  int64_t count() const;
  void wait() const { wait(Timeout::never()); }
  // Each false: not in time.
  bool try_wait() const { return wait(Timeout::now()); }
  template <class Rep, class Period>
  bool wait_for(std::chrono::duration<Rep, Period> timeout) const {
    return wait(Timeout::after(timeout));
  }
  template <class Clock, class Duration>
  bool wait_until(std::chrono::time_point<Clock, Duration> point) const {
    return wait(Timeout::until(point));
  }

 private:
  bool wait(Timeout timeout) const;
};

}  // namespace syncmanager

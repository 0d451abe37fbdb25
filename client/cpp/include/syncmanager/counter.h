#pragma once

#include <syncmanager/future.h>
#include <syncmanager/proxy.h>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

namespace syncmanager {

// A number that any client adds to, and that any client can wait for: the progress of a job, or the
// number of workers that are ready. The opposite of a CountDownLatch. Methods may be called from
// several threads. Throws NoSuchObject while it waits if the counter is deleted, or if no other
// client refers to an anonymous counter, as then nothing can be added.
class Counter final : public Proxy {
 public:
  static constexpr const char* kType = "Counter";

  explicit Counter(ReferencePtr reference) : Proxy(std::move(reference)) {}
  Counter(const ReferencePtr& registry, std::string_view name, int64_t initial);

  // Adds `amount`, which may be negative, and returns the sum. Throws Refused if the sum doesn't
  // fit into 64 bits.
  int64_t add(int64_t amount = 1) const;
  int64_t get() const;

  // Blocks until the number is `least` or more.
  void wait(int64_t least) const { wait(least, Timeout::never()); }
  // The next three return false if the number isn't that large in time.
  bool try_wait(int64_t least) const { return wait(least, Timeout::now()); }
  template <class Rep, class Period>
  bool wait_for(int64_t least, std::chrono::duration<Rep, Period> timeout) const {
    return wait(least, Timeout::after(timeout));
  }
  template <class Clock, class Duration>
  bool wait_until(int64_t least, std::chrono::time_point<Clock, Duration> point) const {
    return wait(least, Timeout::until(point));
  }

  Future<int64_t> async_add(int64_t amount = 1) const;
  Future<void> async_wait(int64_t least) const;

 private:
  bool wait(int64_t least, Timeout timeout) const;
};

}  // namespace syncmanager

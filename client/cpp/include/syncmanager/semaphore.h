#pragma once

#include <syncmanager/proxy.h>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

namespace syncmanager {

struct SemaphoreOptions {
  // Permits that a program takes and never gives back are given back at its end even if it says
  // goodbye. Those of one that dies always are.
  bool release_on_exit = true;
};

// The common operations of Semaphore and BoundedSemaphore, after threading.Semaphore, with names
// from std::counting_semaphore. Waiting callers are served in the order in which they came, so
// small requests don't overtake a large one.
class SemaphoreCalls : public Proxy {
 public:
  // Waits until that many permits are free, and takes all of them at once.
  void acquire(int64_t permits = 1) const { acquire(permits, Timeout::never()); }
  // Each false: not in time; nothing was taken.
  bool try_acquire(int64_t permits = 1) const { return acquire(permits, Timeout::now()); }
  template <class Rep, class Period>
  bool try_acquire_for(std::chrono::duration<Rep, Period> timeout, int64_t permits = 1) const {
    return acquire(permits, Timeout::after(timeout));
  }
  template <class Clock, class Duration>
  bool try_acquire_until(std::chrono::time_point<Clock, Duration> point,
                         int64_t permits = 1) const {
    return acquire(permits, Timeout::until(point));
  }
  // Any thread may release what another one has acquired. Silent when the connection is lost, as
  // the manager gives the permits back itself then. Throws Refused beyond a BoundedSemaphore's
  // start.
  void release(int64_t permits = 1) const;
  // How many permits are free.
  int64_t value() const;

 protected:
  using Proxy::Proxy;
  static ReferencePtr open(const ReferencePtr& registry, std::string_view name, int64_t value,
                           bool bounded, const SemaphoreOptions& options);

 private:
  bool acquire(int64_t permits, Timeout timeout) const;
};

class Semaphore final : public SemaphoreCalls {
 public:
  static constexpr const char* kType = "Semaphore";

  explicit Semaphore(ReferencePtr reference) : SemaphoreCalls(std::move(reference)) {}
  Semaphore(const ReferencePtr& registry, std::string_view name, int64_t value,
            const SemaphoreOptions& options)
      : Semaphore(open(registry, name, value, false, options)) {}
};

// One that refuses to have more permits than it began with.
class BoundedSemaphore final : public SemaphoreCalls {
 public:
  static constexpr const char* kType = "BoundedSemaphore";

  explicit BoundedSemaphore(ReferencePtr reference) : SemaphoreCalls(std::move(reference)) {}
  BoundedSemaphore(const ReferencePtr& registry, std::string_view name, int64_t value,
                   const SemaphoreOptions& options)
      : BoundedSemaphore(open(registry, name, value, true, options)) {}
};

}  // namespace syncmanager

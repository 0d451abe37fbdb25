#pragma once

#include <syncmanager/proxy.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace syncmanager {

struct BarrierOptions {
  // For waits that bring no timeout of their own.
  std::optional<std::chrono::microseconds> timeout;
};

// Where a fixed number of parties wait for each other, as often as they like; after
// threading.Barrier. A party that times out, dies or calls abort() breaks it for all: their waits
// throw BrokenBarrier, and so does every other one until reset().
class Barrier final : public Proxy {
 public:
  static constexpr const char* kType = "Barrier";

  explicit Barrier(ReferencePtr reference) : Proxy(std::move(reference)) {}
  Barrier(const ReferencePtr& registry, std::string_view name, int64_t parties,
          const BarrierOptions& options);

  // Waits until all parties are here. Returns this party's place, 0 to parties - 1: each once.
  int64_t wait() const { return wait(Timeout::never()); }
  // Throws BrokenBarrier if it isn't in time, as the barrier is broken then.
  template <class Rep, class Period>
  int64_t wait_for(std::chrono::duration<Rep, Period> timeout) const {
    return wait(Timeout::after(timeout));
  }
  template <class Clock, class Duration>
  int64_t wait_until(std::chrono::time_point<Clock, Duration> point) const {
    return wait(Timeout::until(point));
  }
  // Breaks it.
  void abort() const;
  // Breaks it for those who wait, and makes it new.
  void reset() const;

  int64_t parties() const { return state().parties; }
  int64_t waiting() const { return state().waiting; }
  bool broken() const { return state().broken; }

 private:
  struct State {
    int64_t parties = 0;
    int64_t waiting = 0;
    bool broken = false;
  };

  int64_t wait(Timeout timeout) const;
  State state() const;
};

}  // namespace syncmanager

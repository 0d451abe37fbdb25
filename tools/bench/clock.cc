#include "tools/bench/clock.h"

#include <chrono>
#include <thread>

namespace syncmanager::bench {

int64_t monotonic_now() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int64_t nanoseconds(double seconds) { return static_cast<int64_t>(seconds * 1e9); }

void sleep_until(int64_t point) {
  std::this_thread::sleep_until(
      std::chrono::steady_clock::time_point(std::chrono::nanoseconds(point)));
}

}  // namespace syncmanager::bench

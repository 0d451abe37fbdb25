#include "client/cpp/src/stream/patience.h"

#include <poll.h>

#include <cerrno>
#include <cstdint>

namespace syncmanager {

int await_ready(int descriptor, short events, const Patience& patience) {
  using std::chrono::milliseconds;
  pollfd waiting{.fd = descriptor, .events = events, .revents = 0};
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(patience.next() - Patience::Clock::now());
    const auto wait = static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1'000'000));
    const int ready = ::poll(&waiting, 1, wait);
    if (ready > 0) return 0;
    if (ready < 0 && errno != EINTR) return errno;
    if (ready == 0 && patience.is_over()) return ETIMEDOUT;
  }
}

}  // namespace syncmanager

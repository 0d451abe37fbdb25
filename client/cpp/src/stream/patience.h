#pragma once

#include <algorithm>
#include <chrono>
#include <functional>

namespace syncmanager {

// How long an attempt to connect may take, and what happens meanwhile.
struct Patience {
  using Clock = std::chrono::steady_clock;

  Clock::time_point deadline;
  // If not null, it is called about every 50 ms. What it throws ends the attempt.
  std::function<void()> meanwhile = nullptr;

  bool is_over() const { return Clock::now() >= deadline; }
  // Returns until when to wait before asking again.
  Clock::time_point next() const {
    if (!meanwhile) return deadline;
    meanwhile();
    return std::min(deadline, Clock::now() + std::chrono::milliseconds(50));
  }
};

// Blocks until the descriptor is ready for `events` of poll(2). Returns 0, ETIMEDOUT when the
// patience is over, or another errno of poll(). Throws what `meanwhile` throws.
int await_ready(int descriptor, short events, const Patience& patience);

}  // namespace syncmanager

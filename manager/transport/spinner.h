#pragma once

#include <chrono>
#include <cstdint>

#include "protos/support/core_contention.h"

namespace syncmanager::manager {

// Decides whether to look for the next event without sleeping. A wake-up costs 10-25 us, so a
// client that answers within that time is served twice as fast by a manager that is still awake.
//
// It spins only while it pays: some event came in the last millisecond, the sessions active in it
// are fewer than cores (a spinning manager must not take the core its client needs, be it one that
// asks or one that waited and was answered), spins have lately been met with events, and yields
// don't cost the core (CoreContention). An idle manager sleeps.
// Takes the time as an argument. One thread at a time.
class Spinner {
 public:
  using Monotonic = CoreContention::Monotonic;

  // `longest` 0: never.
  Spinner(std::chrono::microseconds longest, unsigned cores) : longest_(longest), cores_(cores) {}

  // A session's mark: the millisecond of its last event.
  struct Mark {
    uint64_t window = 0;
  };

  // A frame of the session with that mark has come, or one for it has left.
  void active(Mark& mark, Monotonic now);
  // How long to look before sleeping, at `now`; zero: sleep at once.
  std::chrono::microseconds patience(Monotonic now);
  // Between two looks the core was yielded at `from` and came back at `to`.
  void yielded(Monotonic from, Monotonic to) { contention_.yielded(from, to); }
  // Whether the last spin met an event.
  void learn(bool met);

 private:
  void roll(Monotonic now);

  const std::chrono::microseconds longest_;
  const unsigned cores_;
  CoreContention contention_;
  uint64_t window_ = 0;
  unsigned active_now_ = 0;     // Sessions active in this window,
  unsigned active_before_ = 0;  // and in the one before.
  int credit_ = kMaxCredit;
  unsigned skipped_ = 0;

  static constexpr int kMaxCredit = 16;
  // So that a client which has become quick again is found out.
  static constexpr unsigned kRetryAfter = 32;
};

}  // namespace syncmanager::manager

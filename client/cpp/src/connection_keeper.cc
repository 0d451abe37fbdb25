// The keeper: the library's own thread, one per connection. It sends the heartbeats, so that a
// program that is busy elsewhere isn't taken for dead, and takes the stream's events for calls of
// futures while nobody waits for one. Idle, it wakes once per heartbeat.

#include <algorithm>

#include "client/cpp/src/connection.h"

namespace syncmanager {
namespace {

// How long the keeper leaves what is to be done to the program's own threads: one that will wait in
// a moment anyway takes the events itself, which is cheaper than being woken by the keeper.
constexpr std::chrono::milliseconds kPatience{1};
// After so many heartbeats without a frame, of three in a session timeout, the manager is lost.
constexpr unsigned kSilentBeats = 3;

}  // namespace

void Connection::keep() {
  const std::chrono::milliseconds interval(
      std::max<uint32_t>(std::min(agreement_.heartbeat_ms, agreement_.session_timeout_ms / 3), 10));
  Clock::time_point next_beat = Clock::now() + interval;
  Lock lock(mutex_);
  while (!ending_ && why_lost_.empty()) {
    if (Clock::now() >= next_beat) {
      beat(lock);
      next_beat = Clock::now() + interval;
      continue;
    }
    if (!needs_driver()) {
      keeper_sleeps_ = true;
      keeper_wakes_.wait_until(lock, next_beat);
      keeper_sleeps_ = false;
      continue;
    }
    const uint64_t events = events_;
    const uint64_t open = outbox_.first_open();
    keeper_wakes_.wait_for(lock, kPatience);
    if (open != 0 && outbox_.first_open() == open) {
      outbox_.hurry();
      flush(lock);
      lock.lock();
    }
    if (leading_ || events_ != events || ending_ || !why_lost_.empty()) continue;
    leading_ = true;
    lock.unlock();
    step(next_beat, false);
    lock.lock();
    stop_leading(lock);
    lock.lock();
  }
}

void Connection::beat(Lock& lock) {
  silent_beats_ = expects_echo_ && frames_ == frames_at_beat_ ? silent_beats_ + 1 : 0;
  frames_at_beat_ = frames_;
  if (silent_beats_ >= kSilentBeats && broken_.empty()) {
    broken_ = "the manager has been silent for the session timeout of " +
              std::to_string(agreement_.session_timeout_ms) + " ms";
    stream_.cancel();
  }
  expects_echo_ = true;
  outbox_.beat();
  flush(lock);
  lock.lock();
}

bool Connection::needs_driver() const {
  return pending_.asynchronous() > 0 || !outbox_.empty() || expects_echo_;
}

}  // namespace syncmanager

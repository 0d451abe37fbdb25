// The keeper: the library's own thread, one per connection. It sends the heartbeats, so that a
// program that is busy elsewhere isn't taken for dead, takes the stream's events for calls of
// futures while nobody waits for one, and resumes a session whose stream was lost. Idle, it wakes
// once per heartbeat.

#include <syncmanager/error.h>

#include <algorithm>

#include "client/cpp/src/session/back_off.h"
#include "client/cpp/src/session/connection.h"

namespace syncmanager {
namespace {

// How long the keeper leaves what is to be done to the program's own threads: one that will wait in
// a moment anyway takes the events itself, which is cheaper than being woken by the keeper.
constexpr std::chrono::milliseconds kPatience{1};
// How long one attempt to resume may take, so that the next one finds a network that is back.
constexpr std::chrono::seconds kAttempt{2};

}  // namespace

void Connection::keep() {
  const std::chrono::milliseconds interval(
      std::max<uint32_t>(std::min(agreement_.heartbeat_ms, agreement_.session_timeout_ms / 3), 10));
  Clock::time_point next_beat = Clock::now() + interval;
  Lock lock(mutex_);
  while (!ending_ && !is_over()) {
    if (link_ == nullptr) {
      resume(lock);
      continue;
    }
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
    if (!pending_.listened() || !may_lead()) keeper_wakes_.wait_for(lock, kPatience);
    if (open != 0 && outbox_.first_open() == open) {
      outbox_.hurry();
      flush(lock);
      lock.lock();
    }
    // A request that was added meanwhile may wait for others as long as the first one did.
    const bool has_more = outbox_.first_open() != 0 && !writing_;
    if (has_more || !may_lead() || events_ != events || ending_) continue;
    leading_ = keeper_leads_ = true;
    const std::shared_ptr<Link> link = link_;
    lock.unlock();
    step(*link, next_beat, false);
    lock.lock();
    keeper_leads_ = false;
    stop_leading(lock);
    lock.lock();
  }
  if (loss_ != Loss::kSession || !options_.on_session_lost) return;
  lock.unlock();
  options_.on_session_lost();
}

// A stream that brought nothing since the last heartbeat, of three in a session timeout, is given
// up: early enough to resume the session over another one. A manager at the other end of a unix
// socket may be silent: it is stopped then, and not gone.
void Connection::beat(Lock& lock) {
  const bool silent = expects_echo_ && frames_ == frames_at_beat_;
  frames_at_beat_ = frames_;
  if (can_resume_ && silent && broken_.why.empty()) {
    broken_.why = "the manager has been silent for too long";
    link_->stream.cancel();
  }
  expects_echo_ = true;
  outbox_.beat();
  flush(lock);
  lock.lock();
}

// The manager may have kept the session since a moment ago, so there is no use in trying longer
// than its timeout from now.
void Connection::resume(Lock& lock) {
  const std::chrono::milliseconds timeout(agreement_.session_timeout_ms);
  const Clock::time_point end = Clock::now() + timeout;
  BackOff back_off;
  while (!ending_ && !is_over()) {
    const ResumedSession session{
        .id = agreement_.session_id, .received = outbox_.received(), .keys = resume_keys_};
    StreamEnd failure;
    lock.unlock();
    std::shared_ptr<Link> link = try_to_resume(session, failure);
    lock.lock();
    if (ending_ || is_over()) return;
    if (link != nullptr) return adopt(lock, std::move(link));
    const auto pause = back_off.next();
    if (failure.for_good || Clock::now() + pause >= end) {
      lose(lock, Loss::kSession, "the session is lost: " + failure.why);
      return lock.lock();
    }
    keeper_wakes_.wait_for(lock, pause, [this] { return ending_ || is_over(); });
  }
}

std::shared_ptr<Link> Connection::try_to_resume(const ResumedSession& session,
                                                StreamEnd& end) const {
  try {
    auto link = std::make_shared<Link>(options_.target, options_.identity, options_.where,
                                       Patience{Clock::now() + kAttempt}, &session);
    if (link->agreement.resume == ResumeResult::kResumed) return link;
    end = {.why = "the manager doesn't have it any more", .for_good = true};
  } catch (const Draining& ending) {
    end = {.why = ending.what(), .for_good = true};
  } catch (const AuthenticationFailed& refused) {
    end = {.why = refused.what(), .for_good = true};
  } catch (const Error& error) {
    end = {.why = error.what(), .for_good = false};
  }
  return nullptr;
}

void Connection::adopt(Lock& lock, std::shared_ptr<Link> link) {
  link_ = std::move(link);
  resume_keys_ = link_->agreement.keys;
  outbox_.repeat();
  wake_next(lock);
  lock.lock();
  flush(lock);
  lock.lock();
}

bool Connection::needs_driver() const {
  return pending_.asynchronous() > 0 || !outbox_.empty() || expects_echo_ || writing_;
}

}  // namespace syncmanager

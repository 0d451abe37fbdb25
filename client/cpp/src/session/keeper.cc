#include "client/cpp/src/session/keeper.h"

#include <syncmanager/error.h>

#include <algorithm>
#include <utility>

#include "client/cpp/src/session/back_off.h"

namespace syncmanager {
namespace {

// How long the keeper leaves the stream to the program's own threads. A thread that waits in a
// moment anyway leads itself, which is cheaper than being woken by the keeper.
constexpr std::chrono::milliseconds kPatience{1};
// How long one attempt to resume may take, so that the next one finds a network that is back.
constexpr std::chrono::seconds kAttempt{2};
constexpr uint32_t kShortestInterval = 10;  // Of heartbeats, in milliseconds.

// Three heartbeats to a session timeout: a session whose connection is silent between two of them
// is still resumed in time.
std::chrono::milliseconds heartbeat_interval(const Agreement& agreement) {
  return std::chrono::milliseconds(std::max(
      std::min(agreement.heartbeat_ms, agreement.session_timeout_ms / 3), kShortestInterval));
}

std::shared_ptr<Connection> connect_to_resume(const SessionOptions& options,
                                              const ResumedSession& session, StreamEnd& failure) {
  try {
    auto connection =
        std::make_shared<Connection>(options.target, options.identity, options.where,
                                     Patience{Keeper::Clock::now() + kAttempt}, &session);
    if (connection->agreement.resume == ResumeResult::kResumed) return connection;
    failure = {.why = "the manager doesn't have it any more", .for_good = true};
  } catch (const Draining& ending) {
    failure = {.why = ending.what(), .for_good = true};
  } catch (const AuthenticationFailed& refused) {
    failure = {.why = refused.what(), .for_good = true};
  } catch (const Error& error) {
    failure = {.why = error.what(), .for_good = false};
  }
  return nullptr;
}

}  // namespace

Keeper::Keeper(Session& session) : session_(session) {}

void Keeper::start() {
  thread_ = std::jthread([this] { run(); });
}

void Keeper::run() {
  bool is_lost = false;
  {
    const MutexLock lock(session_.mutex_);
    keep();
    is_lost = session_.loss_ == Loss::kSession;
  }
  if (is_lost && session_.options_.on_session_lost) session_.options_.on_session_lost();
}

void Keeper::keep() {
  const auto interval = heartbeat_interval(session_.agreement_);
  Clock::time_point next_beat = Clock::now() + interval;
  while (!session_.is_over()) {
    if (session_.connection_ == nullptr) {
      resume();
    } else if (Clock::now() >= next_beat) {
      beat();
      next_beat = Clock::now() + interval;
    } else if (needs_leader()) {
      stand_in(next_beat);
    } else {
      session_.keeper_sleeps_ = true;
      wakes_.wait_until(session_.mutex_, next_beat);
      session_.keeper_sleeps_ = false;
    }
  }
}

// A manager at the other end of a unix socket may be silent: it is stopped then, and not gone.
void Keeper::beat() {
  const bool silent = session_.heartbeat_.beat();
  if (session_.can_resume_ && silent && session_.broken_.why.empty()) {
    session_.broken_.why = "the manager has been silent for too long";
    session_.connection_->stream.cancel();
  }
  session_.outbox_.beat();
  session_.flush();
}

bool Keeper::needs_leader() const {
  return session_.pending_.asynchronous() > 0 || !session_.outbox_.empty() ||
         session_.heartbeat_.awaits_answer() || session_.writing_;
}

void Keeper::stand_in(Clock::time_point next_beat) {
  const uint64_t events = session_.events_;
  const uint64_t open = session_.outbox_.first_open();
  if (!session_.pending_.listened() || !session_.may_lead()) {
    wakes_.wait_until(session_.mutex_, Clock::now() + kPatience);
  }
  if (open != 0 && session_.outbox_.first_open() == open) {
    session_.outbox_.hurry();
    session_.flush();
  }
  // A request that was added meanwhile may wait for others as long as the first one did.
  const bool has_more = session_.outbox_.first_open() != 0 && !session_.writing_;
  if (has_more || !session_.may_lead() || session_.events_ != events) return;
  session_.keeper_leads_ = true;
  session_.lead(nullptr, next_beat, false);
  session_.keeper_leads_ = false;
}

// The manager may have kept the session since a moment ago, so there is no use in trying longer
// than its timeout from now.
void Keeper::resume() {
  const Clock::time_point end =
      Clock::now() + std::chrono::milliseconds(session_.agreement_.session_timeout_ms);
  BackOff back_off;
  while (!session_.is_over()) {
    StreamEnd failure;
    std::shared_ptr<Connection> connection = try_to_resume(failure);
    if (session_.is_over()) return;
    if (connection != nullptr) return go_on(std::move(connection));
    const Clock::time_point next = Clock::now() + back_off.next();
    if (failure.for_good || next >= end) return give_up(failure.why);
    while (!session_.is_over() && wakes_.wait_until(session_.mutex_, next)) {
    }
  }
}

std::shared_ptr<Connection> Keeper::try_to_resume(StreamEnd& failure) {
  const ResumedSession resumed{.id = session_.agreement_.session_id,
                               .received = session_.outbox_.received(),
                               .keys = session_.resume_keys_};
  const MutexUnlock unlock(session_.mutex_);
  return connect_to_resume(session_.options_, resumed, failure);
}

void Keeper::go_on(std::shared_ptr<Connection> connection) {
  session_.resume_keys_ = connection->agreement.keys;
  session_.connection_ = std::move(connection);
  session_.state_ = Session::State::kOpen;
  session_.outbox_.repeat();
  session_.wake_next_leader();
  session_.flush();
}

void Keeper::give_up(const std::string& why) {
  Aftermath aftermath;
  session_.end(Loss::kSession, "the session is lost: " + why, aftermath);
  const MutexUnlock unlock(session_.mutex_);
  session_.conclude(aftermath);
}

}  // namespace syncmanager

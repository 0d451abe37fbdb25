#include "client/cpp/src/session/session.h"

#include <syncmanager/error.h>
#include <syncmanager/interruptible.h>

#include <thread>
#include <utility>

#include "client/cpp/src/session/keeper.h"
#include "client/cpp/src/session/server_batch.h"
#include "client/cpp/src/session/undo.h"

namespace syncmanager {
namespace {

// The number of bytes that may wait to be written before a call of a future waits for room.
constexpr size_t kOutboxBytes = size_t{16} << 20;
// How long close() waits for the manager to read the goodbye, and then for the stream to end.
constexpr std::chrono::seconds kGoodbyePatience{1};
constexpr std::chrono::seconds kCancelPatience{5};
// A yield this long means that another process ran on this core: there are more processes than
// cores. Spinning takes CPU from them, peers of ours as a rule. (A program that computes keeps the
// core for longer: CoreContention.) An answer that came meanwhile is no reason to spin, because
// asleep this process would have been woken for it as soon.
constexpr std::chrono::microseconds kCrowded{10};
constexpr char kClosed[] = "the client was closed";
constexpr char kInherited[] =
    "this process was forked from the one that made the Client; make a Client in this process";

bool is_answered(const PendingCall& call) { return call.answered.load(std::memory_order_acquire); }

}  // namespace

Session::Session(SessionOptions options, const Patience& patience)
    : options_(std::move(options)),
      forked_([this] { inherited_ = true; }),
      can_resume_(!options_.target.is_local()),
      spinner_(options_.spin),
      connection_(std::make_shared<Connection>(options_.target, options_.identity, options_.where,
                                               patience)),
      agreement_(connection_->agreement),
      resume_keys_(agreement_.keys),
      outbox_(pending_, agreement_.max_frame, can_resume_),
      keeper_(std::make_unique<Keeper>(*this)) {
  keeper_->start();
}

std::shared_ptr<Session> Session::make(SessionOptions options, const Patience& patience) {
  return {new Session(std::move(options), patience), [](Session* session) {
            if (!session->is_inherited()) delete session;
          }};
}

Session::~Session() {
  close();
  Aftermath aftermath;
  {
    const MutexLock lock(mutex_);
    if (!is_over()) end(Loss::kClosed, kClosed, aftermath);
  }
  conclude(aftermath);
}

void Session::close() {
  if (inherited_) return;
  Aftermath aftermath;
  {
    const MutexLock lock(mutex_);
    if (state_ == State::kInterrupted) end(Loss::kClosed, kClosed, aftermath);
    if (state_ == State::kOpen) {
      state_ = State::kClosing;
      outbox_.say_goodbye();
      flush();
    }
    drive_to_end(Clock::now() + kGoodbyePatience);
    if (!is_over()) {
      connection_->stream.cancel();
      drive_to_end(Clock::now() + kCancelPatience);
    }
  }
  conclude(aftermath);
}

void Session::end(Loss loss, std::string why, Aftermath& aftermath) {
  state_ = State::kOver;
  connection_ = nullptr;
  loss_ = loss;
  why_over_ = std::move(why);
  pending_.lose_all(loss_, why_over_, aftermath);
  changed_.notify_all();
  keeper_->wake();
}

void Session::conclude(const Aftermath& aftermath) {
  for (Follower* follower : aftermath.followers) follower->changed.notify_one();
  for (const auto& listener : aftermath.listeners) listener();
  // The last first: of several items that go back to the head of a queue the first is first again.
  for (auto call = aftermath.dropped.rbegin(); call != aftermath.dropped.rend(); ++call) {
    const std::unique_ptr<AsyncCall> dropped(*call);
    give_back(*dropped);
  }
}

bool Session::give_back(AsyncCall& call) {
  std::vector<EncodedMessage> requests = undo(call);
  const MutexLock lock(mutex_);
  for (EncodedMessage& request : requests) {
    outbox_.add(pending_.next_id(), std::move(request), false);
  }
  for (const uint64_t object : PendingCalls::unread_references(call)) outbox_.forget(object);
  outbox_.unhold(call.object);
  flush();
  return !requests.empty();
}

// ---- What leaves.

bool Session::send(EncodedMessage&& request, PendingCall& call) {
  const auto lose = [&](Loss loss, const std::string& why) {
    PendingCalls::lose(call, loss, why);
    return false;
  };
  if (inherited_) return lose(Loss::kClosed, kInherited);
  if (request.empty()) {
    throw InvalidArgument(
        call.answer.describe("a request of more than 2 GiB, which no message can take; expected "
                             "smaller values: divide this one"));
  }
  if (request.size() > agreement_.request_bytes) {
    PendingCalls::refuse(call, request_too_large(request.size(), agreement_.request_bytes));
    return false;
  }
  bool wakes_keeper = false;
  {
    const MutexLock lock(mutex_);
    while (call.asynchronous && outbox_.bytes() > kOutboxBytes && !is_over()) {
      drive(Clock::time_point::max());
    }
    if (is_over()) return lose(loss_, why_over_);
    if (state_ == State::kClosing) return lose(Loss::kClosed, kClosed);
    outbox_.add_forgotten();
    if (outbox_.is_large(request.size()) && may_be_passed(call)) {
      pending_.expect(call);
      outbox_.add_passed(call, std::move(request));
    } else {
      pending_.add(call);
      outbox_.add(call.id, std::move(request), call.asynchronous && !pending_.listened());
    }
    wakes_keeper = call.asynchronous && std::exchange(keeper_sleeps_, false);
    flush();
  }
  if (wakes_keeper) keeper_->wake();
  return true;
}

// The calls of a program's futures keep their order. Between threads, and between asyncio's tasks,
// there is none, so that their calls pass a large request.
bool Session::may_be_passed(const PendingCall& call) {
  return !call.asynchronous || static_cast<const AsyncCall&>(call).on_answered;
}

void Session::flush() {
  while (!writing_ && connection_ != nullptr) {
    if (!outbox_.is_due(pending_.asynchronous() - outbox_.waiting())) {
      // The keeper sends calls that have waited for a moment, but takes events until its next
      // heartbeat.
      if (!outbox_.empty() && std::exchange(keeper_leads_, false)) connection_->stream.nudge();
      return;
    }
    writing_ = true;
    const std::shared_ptr<Connection> connection = connection_;
    outbox_.take(connection->body);
    bool has_left = false;
    {
      const MutexUnlock unlock(mutex_);
      has_left = connection->write();
    }
    if (connection_ != connection) return;  // It was lost meanwhile.
    if (has_left) {
      writing_ = false;
      if (drivers_ > 0) changed_.notify_all();
    } else if (!leading_) {
      keeper_->wake();  // A thread has to wait for room.
    }
  }
}

void Session::hasten(const PendingCall& call) {
  if (!call.asynchronous || is_answered(call) || !outbox_.has(call.id)) return;
  outbox_.hurry();
  flush();
}

void Session::cancel(PendingCall& call) {
  if (inherited_) return;
  Aftermath aftermath;
  {
    const MutexLock lock(mutex_);
    if (!is_answered(call)) withdraw(call, aftermath);
  }
  conclude(aftermath);
}

void Session::withdraw(PendingCall& call, Aftermath& aftermath) {
  if (outbox_.cancel(call)) pending_.withdraw(call, aftermath);
  flush();
}

bool Session::drop(AsyncCall* call) {
  if (inherited_) {
    delete call;
    return false;
  }
  // Given back at the end of this function, in the user's thread: with the last reference the
  // session may end, and its keeper could not end itself.
  const ReferencePtr reference = PendingCalls::take_reference(*call);
  call->object = reference->object();
  std::unique_ptr<AsyncCall> answered;
  Aftermath aftermath;
  {
    const MutexLock lock(mutex_);
    outbox_.hold(call->object);
    outbox_.own(*call);
    if (is_answered(*call)) {
      answered.reset(call);
    } else {
      call->dropped = true;
      pending_.allow_drop(*call);
      if (std::exchange(keeper_sleeps_, false)) keeper_->wake();
      withdraw(*call, aftermath);
    }
  }
  conclude(aftermath);
  return answered != nullptr && give_back(*answered);
}

void Session::forget(uint64_t object) {
  if (inherited_) return;
  const MutexLock lock(mutex_);
  outbox_.forget(object);
}

// ---- What arrives.

bool Session::wait_until(PendingCall& call, Clock::time_point deadline) {
  if (!is_answered(call) && inherited_) PendingCalls::lose(call, Loss::kClosed, kInherited);
  if (is_answered(call)) return true;
  // It uses the call, and its destructor waits for it.
  const std::stop_callback stopped(Interruptible::current(), [&] { cancel(call); });
  const MutexLock lock(mutex_);
  hasten(call);
  while (!is_answered(call) && !call.nudged && Clock::now() < deadline) {
    if (may_lead()) {
      lead(&call, deadline, true);
    } else {
      follow(call, deadline);
    }
  }
  call.nudged = false;
  if (is_answered(call)) return true;
  if (may_lead()) wake_next_leader();  // This thread may have been woken to lead.
  return is_answered(call);
}

bool Session::poll(PendingCall& call) {
  if (inherited_ || is_answered(call)) {
    wait(call);
    return true;
  }
  const MutexLock lock(mutex_);
  hasten(call);
  if (may_lead()) lead(&call, Clock::time_point::min(), false);
  return is_answered(call);
}

void Session::nudge(PendingCall& call) {
  if (inherited_) return;
  const MutexLock lock(mutex_);
  call.nudged = true;
  if (call.follower != nullptr) return call.follower->changed.notify_one();
  if (leading_ && connection_ != nullptr) connection_->stream.nudge();
}

void Session::lead(const PendingCall* call, Clock::time_point deadline, bool may_spin) {
  using Event = Stream::Event;
  leading_ = true;
  const std::shared_ptr<Connection> connection = connection_;
  {
    const MutexUnlock unlock(mutex_);
    Event event{};
    do {
      event = step(*connection, deadline, may_spin);
    } while (call != nullptr && !is_answered(*call) && event != Event::kNothing &&
             event != Event::kClosed);
  }
  leading_ = false;
  wake_next_leader();
}

void Session::wake_next_leader() {
  if (drivers_ > 0) changed_.notify_all();
  if (Follower* const follower = followers_.next()) {
    follower->changed.notify_one();
  } else if (pending_.listened()) {
    keeper_->wake();
  }
}

void Session::follow(PendingCall& call, Clock::time_point deadline) {
  const Followers::Place self = followers_.join();
  call.follower = &*self;
  bool in_time = true;
  while (in_time && !is_answered(call) && !call.nudged && !may_lead()) {
    in_time = self->changed.wait_until(mutex_, deadline);
  }
  call.follower = nullptr;
  followers_.leave(self);
}

void Session::drive(Clock::time_point deadline) {
  if (may_lead()) return lead(nullptr, deadline, false);
  ++drivers_;
  changed_.wait_until(mutex_, deadline);
  --drivers_;
}

void Session::drive_to_end(Clock::time_point deadline) {
  while (!is_over() && Clock::now() < deadline) drive(deadline);
}

Stream::Event Session::step(Connection& connection, Clock::time_point deadline, bool may_spin) {
  const Stream::Event event =
      may_spin ? next_event(connection, deadline) : connection.stream.next(deadline);
  switch (event) {
    case Stream::Event::kNothing:
      break;
    case Stream::Event::kWritten:
      on_written(connection);
      break;
    case Stream::Event::kReceived:
      on_received(connection, connection.stream.received());
      break;
    case Stream::Event::kClosed:
      on_closed(connection);
  }
  return event;
}

Stream::Event Session::next_event(Connection& connection, Clock::time_point deadline) {
  Stream& stream = connection.stream;
  size_t others = 0;
  {
    const MutexLock lock(mutex_);
    others = followers_.size();
  }
  Clock::time_point now = Clock::now();
  if (!spinner_.worth_it(others, now)) return stream.next(deadline);
  Stream::Event event = stream.next(Clock::time_point::min());
  const Clock::time_point end = now + spinner_.longest();
  bool crowded = false;
  while (event == Stream::Event::kNothing && now < end && !crowded) {
    const Clock::time_point before = Clock::now();
    std::this_thread::yield();
    now = Clock::now();
    spinner_.yielded(before, now);
    crowded = others == 0 && now - before > kCrowded;
    event = stream.next(Clock::time_point::min());
  }
  if (event == Stream::Event::kNothing || crowded) {
    spinner_.came_late();
  } else if (event == Stream::Event::kReceived) {
    spinner_.came();
  }
  return event == Stream::Event::kNothing ? stream.next(deadline) : event;
}

void Session::on_written(const Connection& connection) {
  const MutexLock lock(mutex_);
  ++events_;
  if (connection_.get() == &connection) writing_ = false;
  if (drivers_ > 0) changed_.notify_all();
  flush();
}

void Session::on_received(Connection& connection, std::string_view message) {
  StreamEnd end;
  const std::optional<std::string_view> body = connection.codec.open(message, end);
  Aftermath aftermath;
  {
    const MutexLock lock(mutex_);
    ++events_;
    heartbeat_.frame_arrived();
    std::optional<ServerBatch> batch;
    if (body) batch = read_batch(*body, connection.codec, pending_, outbox_, aftermath);
    if (batch) {
      if (batch->heartbeat) heartbeat_.answered();
      outbox_.receive(batch->outputs, body->size());
    } else {
      broken_ = std::move(end);
      if (broken_.why.empty()) broken_ = {"the manager sent what makes no sense", true};
      connection.stream.cancel();
    }
    flush();
  }
  conclude(aftermath);
}

void Session::on_closed(const Connection& connection) {
  Aftermath aftermath;
  {
    const MutexLock lock(mutex_);
    ++events_;
    const StreamEnd cause = std::exchange(broken_, {});
    connection_ = nullptr;
    writing_ = false;
    heartbeat_.answered();
    if (state_ == State::kClosing) {
      end(Loss::kClosed, kClosed, aftermath);
    } else if (!can_resume_ || cause.for_good) {
      end(Loss::kSession, cause.why.empty() ? connection.stream.why() : cause.why, aftermath);
    } else {
      state_ = State::kInterrupted;
      changed_.notify_all();
      keeper_->wake();
    }
  }
  conclude(aftermath);
}

}  // namespace syncmanager

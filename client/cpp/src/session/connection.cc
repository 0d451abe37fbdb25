#include "client/cpp/src/session/connection.h"

#include <syncmanager/error.h>
#include <syncmanager/interruptible.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "client/cpp/src/session/undo.h"
#include "protos/fields.h"
#include "protos/frame.h"
#include "protos/session.pb.h"

namespace syncmanager {
namespace {

using std::chrono::milliseconds;

// How much may wait to be written before a call of a future waits for room.
constexpr size_t kOutboxBytes = size_t{16} << 20;
// How long close() waits for the manager to hear the goodbye, and then for the stream to end.
constexpr std::chrono::seconds kGoodbyePatience{1};
constexpr std::chrono::seconds kCancelPatience{5};
// Who yields for so long gave its core to another process: more want to run than there are cores,
// and spinning takes the time of those that have something to do, peers of ours as a rule: a
// program that computes keeps the core for longer (CoreContention). That an answer came meanwhile
// is no reason to spin: asleep this process would have been woken for it as soon.
constexpr std::chrono::microseconds kCrowded{10};
constexpr char kClosed[] = "the client was closed";
constexpr char kInherited[] =
    "this process was forked from the one that made the Client; make a Client in this process";

template <class Predicate>
void wait_on(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
             Connection::Clock::time_point deadline, Predicate predicate) {
  if (deadline == Connection::Clock::time_point::max()) {
    changed.wait(lock, predicate);
  } else {
    changed.wait_until(lock, deadline, predicate);
  }
}

}  // namespace

Connection::Connection(ConnectionOptions options, const Patience& patience)
    : options_(std::move(options)),
      forked_([this] { inherited_ = true; }),
      can_resume_(!options_.target.is_local()),
      link_(std::make_shared<Link>(options_.target, options_.identity, options_.where, patience)),
      agreement_(link_->agreement),
      spinner_(options_.spin),
      outbox_(pending_, agreement_.max_frame, can_resume_),
      resume_keys_(agreement_.keys) {
  keeper_ = std::thread([this] { keep(); });
}

std::shared_ptr<Connection> Connection::make(ConnectionOptions options, const Patience& patience) {
  return {new Connection(std::move(options), patience), [](Connection* connection) {
            if (connection->is_inherited()) return;
            connection->close();
            delete connection;
          }};
}

Connection::~Connection() {
  close();
  {
    const Lock lock(mutex_);
    ending_ = true;
  }
  keeper_wakes_.notify_one();
  keeper_.join();
}

bool Connection::send(EncodedMessage&& request, PendingCall& call) {
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
  Lock lock(mutex_);
  if (call.asynchronous && outbox_.bytes() > kOutboxBytes) {
    drive(lock, Clock::time_point::max(), [this] { return outbox_.bytes() <= kOutboxBytes; });
  }
  if (is_over()) return lose(loss_, why_lost_);
  if (closing_) return lose(Loss::kClosed, kClosed);
  outbox_.add_forgotten();
  if (outbox_.is_large(request.size()) && may_be_passed(call)) {
    pending_.expect(call);
    outbox_.add_passed(call, std::move(request));
  } else {
    pending_.add(call);
    outbox_.add(call.id, std::move(request), call.asynchronous && !pending_.listened());
  }
  const bool wake = call.asynchronous && must_wake_keeper();
  flush(lock);
  if (wake) keeper_wakes_.notify_one();
  return true;
}

// The calls of a program's futures keep their order. Between threads, and between asyncio's tasks,
// there is none, so that what others ask passes a large request.
bool Connection::may_be_passed(const PendingCall& call) {
  return !call.asynchronous || static_cast<const AsyncCall&>(call).on_answered;
}

bool Connection::wait_until(PendingCall& call, Clock::time_point deadline) {
  const auto answered = [&] { return call.answered.load(std::memory_order_acquire); };
  if (!answered() && inherited_) PendingCalls::lose(call, Loss::kClosed, kInherited);
  if (answered()) return true;
  // It uses the call, and its destructor waits for it.
  const std::stop_callback stopped(Interruptible::current(), [&] { cancel(call); });
  Lock lock(mutex_);
  hasten(call, lock);
  while (!answered() && !call.nudged && Clock::now() < deadline) {
    if (!may_lead()) {
      follow(call, lock, deadline);
      continue;
    }
    leading_ = true;
    const std::shared_ptr<Link> link = link_;
    lock.unlock();
    ClientStream::Event event{};
    do {
      event = step(*link, deadline, true);
    } while (!answered() && event != ClientStream::Event::kNothing &&
             event != ClientStream::Event::kClosed);
    lock.lock();
    stop_leading(lock);
    lock.lock();
  }
  call.nudged = false;
  if (answered()) return true;
  if (may_lead()) wake_next(lock);  // Who was told to lead when its time was up.
  return answered();
}

bool Connection::poll(PendingCall& call) {
  if (inherited_ || call.answered.load(std::memory_order_acquire)) {
    wait(call);
    return true;
  }
  Lock lock(mutex_);
  hasten(call, lock);
  if (!may_lead()) return call.answered.load(std::memory_order_acquire);
  leading_ = true;
  const std::shared_ptr<Link> link = link_;
  lock.unlock();
  while (!call.answered.load(std::memory_order_acquire)) {
    const ClientStream::Event event = step(*link, Clock::time_point::min(), false);
    if (event == ClientStream::Event::kNothing || event == ClientStream::Event::kClosed) break;
  }
  lock.lock();
  stop_leading(lock);
  return call.answered.load(std::memory_order_acquire);
}

void Connection::cancel(PendingCall& call) {
  if (inherited_) return;
  Lock lock(mutex_);
  if (call.answered.load(std::memory_order_acquire)) return;
  cancel(call, lock);
}

void Connection::cancel(PendingCall& call, Lock& lock) {
  Aftermath aftermath;
  if (outbox_.cancel(call)) pending_.withdraw(call, aftermath.woken, aftermath.leftovers);
  flush(lock);
  conclude(aftermath);
}

void Connection::nudge(PendingCall& call) {
  if (inherited_) return;
  const Lock lock(mutex_);
  call.nudged = true;
  if (call.follower != nullptr) return call.follower->changed.notify_one();
  if (leading_ && link_ != nullptr) link_->stream.nudge();
}

bool Connection::drop(AsyncCall* call) {
  if (inherited_) {
    delete call;
    return false;
  }
  // Given back at the end of this function, which is the user's thread: with the last reference the
  // connection may end, and its keeper could not end itself.
  const ReferencePtr reference = PendingCalls::take_reference(*call);
  call->object = reference->object();
  Lock lock(mutex_);
  outbox_.hold(call->object);
  outbox_.own(*call);
  if (call->answered.load(std::memory_order_acquire)) {
    lock.unlock();
    const std::unique_ptr<AsyncCall> owner(call);
    return settle(*call);
  }
  call->dropped = true;
  pending_.let_go(*call);
  const bool wake = must_wake_keeper();
  cancel(*call, lock);
  if (wake) keeper_wakes_.notify_one();
  return false;
}

void Connection::forget(uint64_t object) {
  if (inherited_) return;
  const Lock lock(mutex_);
  outbox_.forget(object);
}

void Connection::close() {
  if (inherited_) return;
  Lock lock(mutex_);
  if (!std::exchange(closing_, true)) outbox_.say_goodbye();
  if (is_over()) return;
  if (link_ == nullptr) return lose(lock, Loss::kClosed, kClosed);
  const std::shared_ptr<Link> link = link_;
  flush(lock);
  lock.lock();
  const auto gone = [this] { return is_over(); };
  drive(lock, Clock::now() + kGoodbyePatience, gone);
  if (gone()) return;
  link->stream.cancel();
  drive(lock, Clock::now() + kCancelPatience, gone);
}

ClientStream::Event Connection::step(Link& link, Clock::time_point deadline, bool may_spin) {
  const ClientStream::Event event = next_event(link, deadline, may_spin);
  switch (event) {
    case ClientStream::Event::kNothing:
      break;
    case ClientStream::Event::kWritten: {
      Lock lock(mutex_);
      ++events_;
      if (link_.get() == &link) writing_ = false;
      if (drivers_ > 0) changed_.notify_all();
      flush(lock);
      break;
    }
    case ClientStream::Event::kReceived:
      deliver(link, link.stream.received());
      break;
    case ClientStream::Event::kClosed:
      closed(link);
  }
  return event;
}

ClientStream::Event Connection::next_event(Link& link, Clock::time_point deadline, bool may_spin) {
  ClientStream& stream = link.stream;
  if (!may_spin) return stream.next(deadline);
  size_t others = 0;
  {
    const Lock lock(mutex_);
    others = followers_.size();
  }
  Clock::time_point now = Clock::now();
  if (!spinner_.worth_it(others, now)) return stream.next(deadline);
  ClientStream::Event event = stream.next(Clock::time_point::min());
  const Clock::time_point end = now + spinner_.longest();
  bool crowded = false;
  while (event == ClientStream::Event::kNothing && now < end && !crowded) {
    const Clock::time_point before = Clock::now();
    std::this_thread::yield();
    now = Clock::now();
    spinner_.yielded(before, now);
    crowded = others == 0 && now - before > kCrowded;
    event = stream.next(Clock::time_point::min());
  }
  if (event == ClientStream::Event::kNothing || crowded) {
    spinner_.came_late();
  } else if (event == ClientStream::Event::kReceived) {
    spinner_.came();
  }
  return event == ClientStream::Event::kNothing ? stream.next(deadline) : event;
}

void Connection::deliver(Link& link, std::string_view message) {
  StreamEnd end;
  const std::optional<std::string_view> body = link.codec.open(message, end);
  Aftermath aftermath;
  Lock lock(mutex_);
  ++events_;
  ++frames_;
  uint64_t outputs = 0;
  const bool sound = body.has_value() && take_batch(link, *body, outputs, aftermath);
  if (!sound) {
    broken_ = std::move(end);
    if (broken_.why.empty()) broken_ = {"the manager sent what makes no sense", true};
    link.stream.cancel();
  }
  outbox_.receive(outputs, body ? body->size() : 0);
  flush(lock);
  conclude(aftermath);
}

bool Connection::take_batch(Link& link, std::string_view batch, uint64_t& outputs,
                            Aftermath& aftermath) {
  FieldReader fields(batch);
  Field field;
  while (fields.next(field)) {
    switch (field.number) {
      case wire::ServerBatch::kRepliesFieldNumber:
        if (!take_reply(field.bytes, nullptr, aftermath)) return false;
        ++outputs;
        break;
      case wire::ServerBatch::kNoticesFieldNumber:
        ++outputs;
        break;
      case wire::ServerBatch::kHeartbeatFieldNumber:
        expects_echo_ = false;
        break;
      case wire::ServerBatch::kPartFieldNumber:
        if (!link.codec.add_part(field.bytes)) return false;
        if (std::optional<std::string> whole = link.codec.take_whole()) {
          if (!take_large_reply(*std::move(whole), aftermath)) return false;
          ++outputs;
        }
        break;
      default:
        break;
    }
  }
  return !fields.malformed();
}

bool Connection::take_large_reply(std::string batch, Aftermath& aftermath) {
  FieldReader fields(batch);
  Field reply;
  return fields.next(reply) && reply.number == wire::ServerBatch::kRepliesFieldNumber &&
         take_reply(reply.bytes, &batch, aftermath);
}

bool Connection::take_reply(std::string_view reply, std::string* whole, Aftermath& aftermath) {
  const uint64_t id = pending_.answer(reply, whole, aftermath.woken, aftermath.leftovers);
  if (id != 0) outbox_.answered(id);
  return id != 0;
}

// Without its link the session is lost, or the keeper's to resume.
void Connection::closed(Link& link) {
  Lock lock(mutex_);
  ++events_;
  const StreamEnd end = std::exchange(broken_, {});
  link_ = nullptr;
  writing_ = false;
  expects_echo_ = false;
  if (closing_) return lose(lock, Loss::kClosed, kClosed);
  if (!can_resume_ || end.for_good) {
    return lose(lock, Loss::kSession, end.why.empty() ? link.stream.why() : end.why);
  }
  changed_.notify_all();
  lock.unlock();
  keeper_wakes_.notify_one();
}

void Connection::lose(Lock& lock, Loss loss, std::string why) {
  Aftermath aftermath;
  loss_ = loss;
  why_lost_ = std::move(why);
  pending_.lose_all(loss_, why_lost_, aftermath.woken, aftermath.leftovers);
  changed_.notify_all();
  lock.unlock();
  keeper_wakes_.notify_one();
  conclude(aftermath);
}

void Connection::conclude(const Aftermath& aftermath) {
  for (Follower* follower : aftermath.woken.followers) follower->changed.notify_one();
  for (const auto& listener : aftermath.woken.listeners) listener();
  // The last first: of several items that go back to the head of a queue the first is first again.
  for (AsyncCall* call : aftermath.leftovers | std::views::reverse) {
    settle(*call);
    delete call;
  }
}

bool Connection::settle(AsyncCall& call) {
  std::vector<EncodedMessage> requests = undo(call);
  Lock lock(mutex_);
  for (EncodedMessage& request : requests) {
    outbox_.add(pending_.next_id(), std::move(request), false);
  }
  for (const uint64_t object : PendingCalls::unread_references(call)) outbox_.forget(object);
  outbox_.unhold(call.object);
  flush(lock);
  return !requests.empty();
}

void Connection::follow(PendingCall& call, Lock& lock, Clock::time_point deadline) {
  if (idle_followers_.empty()) idle_followers_.emplace_back();
  const auto self = idle_followers_.begin();
  followers_.splice(followers_.end(), idle_followers_, self);
  self->served = false;
  call.follower = &*self;
  wait_on(self->changed, lock, deadline,
          [&] { return call.answered.load() || call.nudged || may_lead(); });
  call.follower = nullptr;
  idle_followers_.splice(idle_followers_.begin(), followers_, self);
}

void Connection::stop_leading(Lock& lock) {
  leading_ = false;
  wake_next(lock);
}

void Connection::wake_next(Lock& lock) {
  if (drivers_ > 0) changed_.notify_all();
  const auto next = std::find_if(followers_.begin(), followers_.end(),
                                 [](const Follower& follower) { return !follower.served; });
  Follower* const follower = next == followers_.end() ? nullptr : &*next;
  if (follower == nullptr && pending_.listened()) keeper_wakes_.notify_one();
  lock.unlock();
  if (follower != nullptr) follower->changed.notify_one();
}

template <class Done>
void Connection::drive(Lock& lock, Clock::time_point deadline, Done done) {
  const auto over = [&] { return done() || is_over(); };
  while (!over() && Clock::now() < deadline) {
    if (!may_lead()) {
      ++drivers_;
      wait_on(changed_, lock, deadline, [&] { return over() || may_lead(); });
      --drivers_;
      continue;
    }
    leading_ = true;
    const std::shared_ptr<Link> link = link_;
    lock.unlock();
    step(*link, deadline, false);
    lock.lock();
    stop_leading(lock);
    lock.lock();
  }
}

void Connection::flush(Lock& lock) {
  while (!writing_ && link_ != nullptr) {
    if (!outbox_.is_due(pending_.asynchronous() - outbox_.waiting())) {
      // The keeper, which sends what has waited for a moment, takes events until its next
      // heartbeat.
      if (!outbox_.empty() && std::exchange(keeper_leads_, false)) link_->stream.nudge();
      break;
    }
    writing_ = true;
    const std::shared_ptr<Link> link = link_;
    outbox_.take(link->body);
    lock.unlock();
    const bool has_left = link->write();
    lock.lock();
    if (link_ != link) break;  // It was lost meanwhile.
    if (has_left) {
      writing_ = false;
      if (drivers_ > 0) changed_.notify_all();
    } else if (!leading_) {
      keeper_wakes_.notify_one();  // Somebody has to wait for room.
    }
  }
  lock.unlock();
}

void Connection::hasten(const PendingCall& call, Lock& lock) {
  if (!call.asynchronous || call.answered.load() || !outbox_.has(call.id)) return;
  outbox_.hurry();
  flush(lock);
  lock.lock();
}

}  // namespace syncmanager

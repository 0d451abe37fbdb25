#include "client/cpp/src/connection.h"

#include <syncmanager/error.h>

#include <algorithm>
#include <utility>

#include "client/cpp/src/fields.h"
#include "protos/session.pb.h"

namespace syncmanager {
namespace {

using std::chrono::milliseconds;

// How much may wait to be written before a call of a future waits for room.
constexpr size_t kOutboxBytes = size_t{16} << 20;
// How long close() waits for the manager to hear the goodbye, and then for gRPC to let go.
constexpr std::chrono::seconds kGoodbyePatience{1};
constexpr std::chrono::seconds kCancelPatience{5};
// A look at the stream that takes so long had to give its core to another process: more want to run
// than there are cores, and spinning takes the time of those that have something to do.
constexpr std::chrono::microseconds kCrowded{10};

}  // namespace

Connection::Connection(ConnectionOptions options)
    : options_(std::move(options)),
      stream_(options_.target),
      agreement_(shake_hands(stream_, options_.identity, options_.where,
                             Clock::now() + options_.connect_timeout)),
      codec_(agreement_),
      spinner_(options_.spin),
      outbox_(pending_, agreement_.max_frame) {
  stream_.read();
  keeper_ = std::thread([this] { keep(); });
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

void Connection::send(std::string_view request, PendingCall& call) {
  Lock lock(mutex_);
  if (!outbox_.fits(request.size())) {
    throw InvalidArgument(call.answer.describe("a request of " + std::to_string(request.size()) +
                                               " bytes is more than one message can take"));
  }
  if (call.asynchronous && outbox_.bytes() > kOutboxBytes) {
    drive(lock, Clock::time_point::max(), [this] { return outbox_.bytes() <= kOutboxBytes; });
  }
  if (closing_ || !why_lost_.empty()) return PendingCalls::lose(call, why_gone());
  pending_.add(call);
  outbox_.add(call.id, request, call.asynchronous);
  const bool wake = call.asynchronous && must_wake_keeper();
  flush(lock);
  if (wake) keeper_wakes_.notify_one();
}

void Connection::wait(PendingCall& call) {
  if (call.answered.load(std::memory_order_acquire)) return;
  Lock lock(mutex_);
  hasten(call, lock);
  while (!call.answered.load(std::memory_order_acquire)) {
    if (leading_) {
      follow(call, lock);
      continue;
    }
    leading_ = true;
    lock.unlock();
    while (!call.answered.load(std::memory_order_acquire)) step(Clock::time_point::max(), true);
    lock.lock();
    return stop_leading(lock);
  }
}

bool Connection::poll(PendingCall& call) {
  if (call.answered.load(std::memory_order_acquire)) return true;
  Lock lock(mutex_);
  hasten(call, lock);
  if (leading_ || !why_lost_.empty()) return call.answered.load(std::memory_order_acquire);
  leading_ = true;
  lock.unlock();
  while (!call.answered.load(std::memory_order_acquire)) {
    if (!step(Clock::time_point::min(), false)) break;
  }
  lock.lock();
  stop_leading(lock);
  return call.answered.load(std::memory_order_acquire);
}

void Connection::cancel(PendingCall& call) {
  Lock lock(mutex_);
  if (call.answered.load(std::memory_order_acquire)) return;
  outbox_.cancel(call.id);
  flush(lock);
}

void Connection::drop(AsyncCall* call) {
  // Given back at the end of this function, which is the user's thread: with the last reference the
  // connection may end, and its keeper could not end itself.
  const ReferencePtr reference = PendingCalls::take_reference(*call);
  call->object = reference->object();
  Lock lock(mutex_);
  outbox_.hold(call->object);
  if (call->answered.load(std::memory_order_acquire)) {
    lock.unlock();
    settle(*call);
    delete call;
    return;
  }
  call->dropped = true;
  outbox_.cancel(call->id);
  const bool wake = must_wake_keeper();
  flush(lock);
  if (wake) keeper_wakes_.notify_one();
}

void Connection::forget(uint64_t object) {
  const Lock lock(mutex_);
  outbox_.forget(object);
}

void Connection::close() {
  Lock lock(mutex_);
  if (!std::exchange(closing_, true)) outbox_.say_goodbye();
  if (!why_lost_.empty()) return;
  flush(lock);
  lock.lock();
  const auto gone = [this] { return !why_lost_.empty(); };
  drive(lock, Clock::now() + kGoodbyePatience, gone);
  if (gone()) return;
  stream_.cancel();
  drive(lock, Clock::now() + kCancelPatience, gone);
}

bool Connection::step(Clock::time_point deadline, bool may_spin) {
  switch (next_event(deadline, may_spin)) {
    case ClientStream::Event::kNothing:
    case ClientStream::Event::kOpened:
      return false;
    case ClientStream::Event::kWritten: {
      Lock lock(mutex_);
      ++events_;
      writing_ = false;
      if (drivers_ > 0) changed_.notify_all();
      flush(lock);
      return true;
    }
    case ClientStream::Event::kReceived:
      deliver(stream_.received());
      return true;
    case ClientStream::Event::kClosed:
      lost();
      return true;
  }
  return false;
}

ClientStream::Event Connection::next_event(Clock::time_point deadline, bool may_spin) {
  if (!may_spin) return stream_.next(deadline);
  ClientStream::Event event = stream_.next(Clock::time_point::min());
  if (event != ClientStream::Event::kNothing) return event;
  size_t others = 0;
  {
    const Lock lock(mutex_);
    others = followers_.size();
  }
  if (!spinner_.worth_it(others)) return stream_.next(deadline);
  Clock::time_point now = Clock::now();
  const Clock::time_point end = now + spinner_.longest();
  bool crowded = false;
  while (now < end && !crowded) {
    std::this_thread::yield();
    event = stream_.next(Clock::time_point::min());
    if (event == ClientStream::Event::kReceived) spinner_.came();
    if (event != ClientStream::Event::kNothing) return event;
    const Clock::time_point before = std::exchange(now, Clock::now());
    crowded = others == 0 && now - before > kCrowded;
  }
  spinner_.came_late();
  return stream_.next(deadline);
}

void Connection::deliver(std::string_view message) {
  std::string why;
  const std::optional<std::string_view> body = codec_.open(message, why);
  // Even if this was the last frame: that the stream has ended is told by a read.
  stream_.read();
  Aftermath aftermath;
  bool sound = body.has_value();
  Lock lock(mutex_);
  ++events_;
  ++frames_;
  uint64_t outputs = 0;
  FieldReader fields(body.value_or(std::string_view()));
  Field field;
  while (sound && fields.next(field)) {
    switch (field.number) {
      case wire::ServerBatch::kRepliesFieldNumber:
        sound = pending_.answer(field.bytes, aftermath.woken, aftermath.leftovers);
        ++outputs;
        break;
      case wire::ServerBatch::kNoticesFieldNumber:
        ++outputs;
        break;
      case wire::ServerBatch::kHeartbeatFieldNumber:
        expects_echo_ = false;
        break;
      default:
        break;
    }
  }
  if (!sound || fields.malformed()) {
    broken_ = why.empty() ? "the manager sent what makes no sense" : why;
    stream_.cancel();
  }
  outbox_.received(outputs, body ? body->size() : 0);
  const bool shared = !followers_.empty();
  flush(lock);
  // Others wait too: who leads next is still to wake up, and the next message needn't wait for
  // that.
  if (shared) stream_.read_now();
  conclude(aftermath);
}

void Connection::lost() {
  Aftermath aftermath;
  {
    const Lock lock(mutex_);
    ++events_;
    why_lost_ = broken_.empty() ? stream_.why() : broken_;
    pending_.lose_all(why_gone(), aftermath.woken, aftermath.leftovers);
    changed_.notify_all();
    keeper_wakes_.notify_one();
  }
  conclude(aftermath);
}

void Connection::conclude(const Aftermath& aftermath) {
  for (Follower* follower : aftermath.woken) follower->changed.notify_one();
  for (AsyncCall* call : aftermath.leftovers) {
    settle(*call);
    delete call;
  }
}

void Connection::settle(AsyncCall& call) {
  std::vector<uint64_t> references;
  const std::vector<std::string> requests = PendingCalls::undo(call, references);
  Lock lock(mutex_);
  for (const std::string& request : requests) outbox_.add(pending_.next_id(), request, false);
  for (const uint64_t object : references) outbox_.forget(object);
  outbox_.unhold(call.object);
  if (why_lost_.empty()) flush(lock);
}

void Connection::follow(PendingCall& call, Lock& lock) {
  if (idle_followers_.empty()) idle_followers_.emplace_back();
  const auto self = idle_followers_.begin();
  followers_.splice(followers_.end(), idle_followers_, self);
  self->served = false;
  call.follower = &*self;
  self->changed.wait(lock, [&] { return call.answered.load() || !leading_; });
  call.follower = nullptr;
  idle_followers_.splice(idle_followers_.begin(), followers_, self);
}

void Connection::stop_leading(Lock& lock) {
  leading_ = false;
  if (drivers_ > 0) changed_.notify_all();
  const auto next = std::find_if(followers_.begin(), followers_.end(),
                                 [](const Follower& follower) { return !follower.served; });
  Follower* const follower = next == followers_.end() ? nullptr : &*next;
  lock.unlock();
  if (follower != nullptr) follower->changed.notify_one();
}

template <class Done>
void Connection::drive(Lock& lock, Clock::time_point deadline, Done done) {
  const auto over = [&] { return done() || !why_lost_.empty(); };
  while (!over() && Clock::now() < deadline) {
    if (leading_) {
      ++drivers_;
      const auto changed = [&] { return over() || !leading_; };
      if (deadline == Clock::time_point::max()) {
        changed_.wait(lock, changed);
      } else {
        changed_.wait_until(lock, deadline, changed);
      }
      --drivers_;
      continue;
    }
    leading_ = true;
    lock.unlock();
    step(deadline, false);
    lock.lock();
    stop_leading(lock);
    lock.lock();
  }
}

void Connection::flush(Lock& lock) {
  if (writing_ || !why_lost_.empty() ||
      !outbox_.is_due(pending_.asynchronous() - outbox_.waiting())) {
    return lock.unlock();
  }
  writing_ = true;
  outbox_.take(body_);
  lock.unlock();
  stream_.write(codec_.close(body_));
}

void Connection::hasten(const PendingCall& call, Lock& lock) {
  if (!call.asynchronous || call.answered.load() || !outbox_.has(call.id)) return;
  outbox_.hurry();
  flush(lock);
  lock.lock();
}

std::string Connection::why_gone() const {
  if (closing_) return "the client was closed";
  return why_lost_;
}

}  // namespace syncmanager

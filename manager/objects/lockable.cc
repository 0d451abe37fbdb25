#include "manager/objects/lockable.h"

#include <utility>

#include "manager/core/check.h"
#include "manager/core/engine.h"
#include "manager/core/session.h"

namespace syncmanager::manager {
namespace {

// A waiting call's note: how it came here, and the depth that it is to have.
enum Arrival : uint64_t { kAcquires = 0, kNotified = 1, kTimedOut = 2, kCancelled = 3 };

uint64_t note_of(Arrival arrival, uint64_t depth) { return depth << 2 | arrival; }
Arrival arrival_of(const Call& call) { return static_cast<Arrival>(call.note() & 3); }
uint64_t depth_of(const Call& call) { return call.note() >> 2; }

Arrival arrival_of(std::optional<GiveUp> came_by) {
  if (!came_by) return kNotified;
  return *came_by == GiveUp::kTimedOut ? kTimedOut : kCancelled;
}

}  // namespace

void Lockable::perform(Call call) {
  const wire::LockOp& op = call.request().lock();
  switch (op.method_case()) {
    case wire::LockOp::kAcquire:
      return acquire(std::move(call));
    case wire::LockOp::kRelease:
      return release(std::move(call), op.release());
    case wire::LockOp::kLocked:
      return call.reply_boolean(locked());
    case wire::LockOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a lock");
}

void Lockable::acquire(Call call) {
  call.set_note(note_of(kAcquires, 1));
  if (!holder_) return grant(std::move(call));
  if (reentrant() && holder_->caller == call.caller()) {
    ++holder_->depth;
    wire::Reply reply;
    reply.mutable_grant()->set_fencing(holder_->fencing);
    return call.reply(reply);
  }
  acquirers_.park(std::move(call));
}

void Lockable::release(Call call, const wire::LockOp::Release& wanted) {
  const bool of_another_grant = wanted.fencing() != 0 && !is_held(wanted.fencing());
  if (!holder_ || of_another_grant || !may_release(call.caller())) {
    return call.refuse(wire::REFUSED, not_held());
  }
  abandoned_ = abandoned_ || wanted.abandoned();
  call.reply();
  if (--holder_->depth == 0) hand_over();
}

uint64_t Lockable::release_all() {
  CHECK(holder_);
  const uint64_t depth = holder_->depth;
  hand_over();
  return depth;
}

void Lockable::reacquire(Call call, uint64_t depth, std::optional<GiveUp> came_by) {
  call.set_note(note_of(arrival_of(came_by), depth));
  if (!holder_) return grant(std::move(call));
  acquirers_.park_for_ever(std::move(call));
}

void Lockable::grant(Call call) {
  holder_ = Holder{.caller = call.caller(),
                   .depth = depth_of(call),
                   .fencing = engine().next_fencing_number(),
                   .since = engine().now()};
  call.session().hold(*this);
  // That answer can't say that a holder died, so the mark stays for the next one.
  if (arrival_of(call) == kCancelled) return call.give_up(GiveUp::kCancelled);
  const bool abandoned = std::exchange(abandoned_, false);
  wire::Reply reply;
  reply.mutable_grant()->set_fencing(holder_->fencing);
  reply.mutable_grant()->set_abandoned(abandoned);
  reply.mutable_grant()->set_timed_out(arrival_of(call) == kTimedOut);
  call.reply(reply);
}

void Lockable::hand_over() {
  if (Session* session = engine().session(holder_->caller.session)) session->unhold(*this);
  holder_.reset();
  if (std::optional<Call> next = acquirers_.pop()) grant(*std::move(next));
}

void Lockable::session_ended(SessionNumber session, bool goodbye) {
  if (!holder_ || holder_->caller.session != session) return;
  if (goodbye && !release_on_exit_) {
    holder_->left_behind = true;
    return;
  }
  abandoned_ = abandoned_ || !goodbye;
  hand_over();
}

// A Condition's wait comes back holding its lock, whatever ended it; only the end of its session,
// or of the lock, is stronger.
bool Lockable::must_stay(const Call& call, GiveUp reason) const {
  return reason == GiveUp::kCancelled && arrival_of(call) != kAcquires;
}

// A notify is for somebody who lives: what a dead waiter was given goes to the next.
void Lockable::gave_up(WaitList&, Call call, GiveUp reason) {
  const bool unused = reason == GiveUp::kSessionEnded && arrival_of(call) == kNotified;
  const ObjectId condition = call.request().object();
  call.give_up(reason);
  if (!unused) return;
  if (const auto user = users_.find(condition); user != users_.end()) user->second->notify_unused();
}

void Lockable::deleted() {
  for (const auto& [condition, user] : users_) user->lock_deleted();
}

void Lockable::describe(wire::ObjectState& state) const {
  if (!holder_) return;
  wire::CallerState& holder = *state.add_holders();
  engine().describe_caller(holder_->caller, holder_->since, holder);
  holder.set_fencing(holder_->fencing);
  holder.set_count(holder_->depth);
  holder.set_left_behind(holder_->left_behind);
}

void Lockable::save(Snapshot& snapshot) const {
  snapshot.boolean(release_on_exit_);
  snapshot.boolean(abandoned_);
  snapshot.boolean(locked());
  if (!holder_) return;
  snapshot.number(holder_->caller.session);
  snapshot.number(holder_->caller.thread);
  snapshot.number(holder_->depth);
  snapshot.number(holder_->fencing);
  snapshot.number(static_cast<uint64_t>(holder_->since.time_since_epoch().count()));
  snapshot.boolean(holder_->left_behind);
}

}  // namespace syncmanager::manager

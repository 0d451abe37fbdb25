// Condition, after threading.Condition: who holds its lock waits here until somebody else who holds
// the lock says that something changed, and comes back holding the lock.
//
// The lock is an object of its own, found by its id at each use: it may be deleted, and the calls
// that wait here are answered then, as nobody could notify them any more. The RLock that a
// Condition made for itself ends with it: who waits for that could never see it released. A wait
// that ends, however it ends, goes to the lock's wait list in the same step, so it takes its turn
// there and nobody needs to be woken in between.
//
// Waiters are notified in the order of their coming; a call's note is the depth its RLock had.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "manager/core/object.h"
#include "manager/core/services.h"
#include "manager/core/session.h"
#include "manager/objects/catalog.h"
#include "manager/objects/lockable.h"

namespace syncmanager::manager {
namespace {

constexpr const char* kNoLock = "the condition's lock was deleted";

class Condition final : public Object, private LockUser {
 public:
  void perform(Call call) override;
  bool fill(Call& call, Options& options) override;
  bool same_shape(const Options& options) const override;
  void gave_up(WaitList& list, Call call, GiveUp reason) override;
  void deleted() override;
  uint64_t size() const override { return waiters_.size(); }
  void describe(wire::ObjectState& state) const override {
    state.set_detail(absl::StrCat("on lock ", lock_));
  }
  void save(Snapshot& snapshot) const override;

 private:
  void notified_waiter_died() override { notify_some(1); }
  void lock_deleted() override;
  void wait(Call call, Lockable& lock);
  void notify(Call call, const Lockable& lock, uint64_t count);
  void notify_some(uint64_t count);
  // Sends a wait that is over to the lock.
  void come_back(Call call, std::optional<GiveUp> came_by);
  Lockable* lock() const;

  ObjectId lock_ = 0;
  bool own_lock_ = false;
  WaitList waiters_{this, "wait"};
};

bool Condition::fill(Call& call, Options& options) {
  const wire::ConditionOptions& condition = options.condition();
  own_lock_ = condition.lock() == 0;
  Object* lock = nullptr;
  if (own_lock_) {
    Options rlock;
    rlock.mutable_rlock()->set_release_on_exit(condition.release_on_exit());
    const absl::StatusOr<Object*> made = services().make_part(call, rlock);
    if (!made.ok()) {
      call.refuse(wire::RESOURCE_EXHAUSTED, made.status());
      return false;
    }
    lock = *made;
  } else {
    lock = call.session().find(condition.lock());
  }
  if (lock == nullptr) {
    call.refuse(wire::NO_SUCH_OBJECT,
                absl::StrCat("this session has no object ", condition.lock()));
    return false;
  }
  Lockable* const lockable = as_lockable(lock);
  if (lockable == nullptr) {
    call.refuse(wire::WRONG_TYPE, absl::StrCat("a condition's lock is a Lock or an RLock; object ",
                                               lock->id(), " is a ", lock->row().name));
    return false;
  }
  lock_ = lock->id();
  services().retain(lock_);
  lockable->attach(id(), *this);
  return true;
}

void Condition::deleted() {
  Lockable* lock = this->lock();
  if (lock == nullptr) return;
  lock->detach(id());
  services().release(lock_);
  if (own_lock_) services().end_part(*lock);
}

void Condition::lock_deleted() {
  while (std::optional<Call> waiter = waiters_.pop()) {
    waiter->refuse(wire::NO_SUCH_OBJECT, kNoLock);
  }
}

void Condition::perform(Call call) {
  Lockable* lock = this->lock();
  if (lock == nullptr) return call.refuse(wire::NO_SUCH_OBJECT, kNoLock);
  const wire::ConditionOp& op = call.request().condition();
  switch (op.method_case()) {
    case wire::ConditionOp::kAcquire:
      return lock->acquire(std::move(call));
    case wire::ConditionOp::kRelease:
      return lock->release(std::move(call), {});
    case wire::ConditionOp::kLocked:
      return call.reply_boolean(lock->locked());
    case wire::ConditionOp::kWait:
      return wait(std::move(call), *lock);
    case wire::ConditionOp::kNotify:
      return notify(std::move(call), *lock, std::max<uint64_t>(op.notify().count(), 1));
    case wire::ConditionOp::kNotifyAll:
      return notify(std::move(call), *lock, waiters_.size());
    case wire::ConditionOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a condition");
}

// A wait with a timeout of zero lets go of the lock and takes its turn for it again, as CPython's
// does: a loop that polls that way would shut out everybody else otherwise.
void Condition::wait(Call call, Lockable& lock) {
  if (!lock.serves(call.caller())) {
    return call.refuse(wire::REFUSED, "cannot wait on un-acquired lock");
  }
  if (call.may_wait() && !waiters_.admits(call)) return;
  call.set_note(lock.release_all());
  if (!call.may_wait()) return come_back(std::move(call), GiveUp::kTimedOut);
  waiters_.park(std::move(call));
}

void Condition::notify(Call call, const Lockable& lock, uint64_t count) {
  if (!lock.serves(call.caller())) {
    return call.refuse(wire::REFUSED, "cannot notify on un-acquired lock");
  }
  call.reply();
  notify_some(count);
}

void Condition::notify_some(uint64_t count) {
  for (; count > 0; --count) {
    std::optional<Call> waiter = waiters_.pop();
    if (!waiter) return;
    come_back(*std::move(waiter), std::nullopt);
  }
}

void Condition::come_back(Call call, std::optional<GiveUp> came_by) {
  Lockable* lock = this->lock();
  if (lock == nullptr) return call.refuse(wire::NO_SUCH_OBJECT, kNoLock);
  const uint64_t depth = call.note();
  lock->reacquire(std::move(call), depth, came_by);
}

void Condition::gave_up(WaitList&, Call call, GiveUp reason) {
  switch (reason) {
    case GiveUp::kTimedOut:
    case GiveUp::kCancelled:
      return come_back(std::move(call), reason);
    case GiveUp::kSessionEnded:
    case GiveUp::kObjectGone:
    case GiveUp::kDraining:
      return call.give_up(reason);
  }
}

Lockable* Condition::lock() const { return as_lockable(services().find(lock_)); }

bool Condition::same_shape(const Options& options) const {
  const ObjectId wanted = options.condition().lock();
  return wanted == 0 ? own_lock_ : wanted == lock_;
}

void Condition::save(Snapshot& snapshot) const {
  snapshot.number(lock_);
  snapshot.boolean(own_lock_);
}

}  // namespace

Access access_to_condition(const wire::Request& request) {
  switch (request.condition().method_case()) {
    case wire::ConditionOp::kLocked:
      return Access::kRead;
    case wire::ConditionOp::kAcquire:
    case wire::ConditionOp::kRelease:
    case wire::ConditionOp::kWait:
    case wire::ConditionOp::kNotify:
    case wire::ConditionOp::kNotifyAll:
    case wire::ConditionOp::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_condition(const Options&) {
  return std::make_unique<Condition>();
}

}  // namespace syncmanager::manager

#include "syncmanager/condition.h"

#include <syncmanager/error.h>

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::ConditionOp;

constexpr auto kCondition = &wire::Request::mutable_condition;
constexpr Operation kAcquire{kCondition, &Op::mutable_acquire, "lock"};
constexpr Operation kLocked{kCondition, &Op::mutable_locked, "locked"};
constexpr Operation kNotify{kCondition, &Op::mutable_notify, "notify", &Op::Notify::set_count};
constexpr Operation kNotifyAll{kCondition, &Op::mutable_notify_all, "notify_all"};
constexpr Operation kRelease{kCondition, &Op::mutable_release, "unlock"};
constexpr Operation kWait{kCondition, &Op::mutable_wait, "wait"};

}  // namespace

Condition::Condition(const ReferencePtr& registry, std::string_view name, const LockCalls* lock,
                     const LockOptions& options)
    : Condition(open_object(registry, name, kType, [&](wire::RegistryOp::Open& open) {
        open.mutable_condition()->set_lock(lock == nullptr ? 0 : lock->id());
        open.mutable_condition()->set_release_on_exit(options.release_on_exit);
      })) {}

bool Condition::acquire(Timeout timeout) const {
  return ask(reference_, kAcquire(), timeout).in_time();
}

void Condition::unlock() const {
  try {
    ask(reference_, kRelease()).require();
  } catch (const Disconnected&) {
    // The session is over, and the manager has given the lock back with it.
  }
}

bool Condition::locked() const { return ask(reference_, kLocked()).boolean(); }

bool Condition::wait(Timeout timeout) const {
  const Answer answer = ask(reference_, kWait(), timeout);
  return answer.in_time() && !answer.grant().timed_out;
}

void Condition::notify(uint64_t count) const {
  if (count == 0) return;
  ask(reference_, kNotify(count)).require();
}

void Condition::notify_all() const { ask(reference_, kNotifyAll()).require(); }

}  // namespace syncmanager

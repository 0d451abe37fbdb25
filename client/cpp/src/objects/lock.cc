#include "syncmanager/lock.h"

#include <syncmanager/error.h>

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::LockOp;

constexpr auto kLock = &wire::Request::mutable_lock;
constexpr Operation kAcquire{kLock, &Op::mutable_acquire, "lock"};
constexpr Operation kLocked{kLock, &Op::mutable_locked, "locked"};
constexpr Operation kRelease{kLock, &Op::mutable_release, "unlock", &Op::Release::set_fencing,
                             &Op::Release::set_abandoned};

}  // namespace

ReferencePtr LockCalls::open(const ReferencePtr& registry, std::string_view name, bool reentrant,
                             const LockOptions& options) {
  return open_object(
      registry, name, reentrant ? "RLock" : "Lock", [&](wire::RegistryOp::Open& open) {
        wire::LockOptions& lock = reentrant ? *open.mutable_rlock() : *open.mutable_lock();
        lock.set_release_on_exit(options.release_on_exit);
      });
}

bool LockCalls::acquire(Timeout timeout) const {
  const Answer answer = ask(reference_, kAcquire(), timeout);
  if (!answer.in_time()) return false;
  const Grant grant = answer.grant();
  if (grant.abandoned && refuses_abandoned_) {
    release(names_grant_ ? grant.fencing : 0, true);
    throw LockAbandoned(answer.describe("its holder died; what it guards may be half done"));
  }
  last_grant_->fencing = grant.fencing;
  last_grant_->abandoned = grant.abandoned;
  last_grant_->held = true;
  return true;
}

void LockCalls::unlock() const {
  const bool mine = last_grant_->held.exchange(false);
  const uint64_t fencing = names_grant_ && mine ? last_grant_->fencing.load() : 0;
  try {
    release(fencing, false);
  } catch (const Disconnected&) {
    // The session is over, and the manager has given the lock back with it.
  }
}

void LockCalls::release(uint64_t fencing, bool abandoned) const {
  ask(reference_, kRelease(fencing, abandoned)).require();
}

bool LockCalls::locked() const { return ask(reference_, kLocked()).boolean(); }

}  // namespace syncmanager

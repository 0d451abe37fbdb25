#include "syncmanager/rwlock.h"

#include <syncmanager/error.h>

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::RWLockOp;

constexpr auto kRWLock = &wire::Request::mutable_rwlock;
constexpr Operation kAcquireRead{kRWLock, &Op::mutable_acquire_read, "lock_shared"};
constexpr Operation kAcquireWrite{kRWLock, &Op::mutable_acquire_write, "lock"};
constexpr Operation kLocked{kRWLock, &Op::mutable_locked, "readers"};
constexpr Operation kRelease{kRWLock, &Op::mutable_release, "unlock"};

}  // namespace

RWLock::RWLock(const ReferencePtr& registry, std::string_view name, const LockOptions& options)
    : RWLock(open_object(registry, name, kType, [&](wire::RegistryOp::Open& open) {
        open.mutable_rwlock()->set_release_on_exit(options.release_on_exit);
      })) {}

bool RWLock::acquire(bool to_write, Timeout timeout) const {
  return to_write ? ask(reference_, kAcquireWrite(), timeout).in_time()
                  : ask(reference_, kAcquireRead(), timeout).in_time();
}

void RWLock::unlock() const {
  try {
    ask(reference_, kRelease()).require();
  } catch (const Disconnected&) {
    // The session is over, and the manager has given the lock back with it.
  }
}

int64_t RWLock::readers() const { return ask(reference_, kLocked()).as<int64_t>(); }

}  // namespace syncmanager

#include "syncmanager/rwlock.h"

#include <syncmanager/error.h>

#include "client/cpp/src/session/ask.h"

namespace syncmanager {

RWLock::RWLock(const ReferencePtr& registry, std::string_view name, const LockOptions& options)
    : RWLock(open_object(registry, name, kType, [&](wire::RegistryOp::Open& open) {
        open.mutable_rwlock()->set_release_on_exit(options.release_on_exit);
      })) {}

bool RWLock::acquire(bool to_write, Timeout timeout) const {
  const auto fill = [to_write](wire::Request& request) {
    wire::RWLockOp& op = *request.mutable_rwlock();
    if (to_write) {
      op.mutable_acquire_write();
    } else {
      op.mutable_acquire_read();
    }
  };
  return ask(reference_, to_write ? "lock" : "lock_shared", timeout, fill).in_time();
}

void RWLock::unlock() const {
  try {
    ask(reference_, "unlock", Timeout::never(), [](wire::Request& request) {
      request.mutable_rwlock()->mutable_release();
    }).require();
  } catch (const Disconnected&) {
    // The session is over, and the manager has given the lock back with it.
  }
}

int64_t RWLock::readers() const {
  return ask(reference_, "readers", Timeout::never(),
             [](wire::Request& request) { request.mutable_rwlock()->mutable_locked(); })
      .as<int64_t>();
}

}  // namespace syncmanager

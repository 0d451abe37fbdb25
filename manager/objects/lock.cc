// Lock, after threading.Lock: the session that acquired it is its holder if it dies, but
// anybody may release it.

#include "manager/objects/catalog.h"
#include "manager/objects/lockable.h"

namespace syncmanager::manager {
namespace {

class Lock final : public Lockable {
 public:
  using Lockable::Lockable;

  // As in CPython, a Condition on a plain Lock can only ask whether somebody holds it.
  bool serves(Caller) const override { return locked(); }

 private:
  bool reentrant() const override { return false; }
  bool may_release(Caller) const override { return true; }
  const char* not_held() const override { return "release unlocked lock"; }
};

}  // namespace

// An RLock has the same operations.
Access lock_access(const wire::Request& request) {
  using Op = wire::LockOp;
  switch (request.lock().method_case()) {
    case Op::kLocked:
      return Access::kRead;
    case Op::kAcquire:
    case Op::kRelease:
    case Op::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_lock(const Options& options) {
  return std::make_unique<Lock>(options.lock().release_on_exit());
}

}  // namespace syncmanager::manager

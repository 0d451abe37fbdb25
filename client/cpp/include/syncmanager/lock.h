#pragma once

#include <syncmanager/proxy.h>
#include <syncmanager/timed_lockable.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace syncmanager {

struct LockOptions {
  // Whether the lock is released when its holder's program ends in order without releasing it. If
  // false, the lock stays held and another program may release it. When the holder dies, the lock
  // is released in either case.
  bool release_on_exit = true;
  // Whether this proxy and its copies refuse a lock whose holder died: they throw LockAbandoned,
  // and the lock stays marked for a program that can repair the guarded data.
  bool refuse_abandoned = false;
};

// The common operations of Lock and RLock. A lock is held across machines. When its holder dies,
// the next caller gets the lock with abandoned() set. Waiting callers are served in the order in
// which they came.
class LockCalls : public Proxy, public TimedLockable<LockCalls> {
 public:
  // Throws Refused if it isn't held. Silent when the connection is lost, as guards call it from
  // destructors: the manager gives the lock back itself then, and the next call throws
  // Disconnected.
  void unlock() const;
  // Whether anybody holds it.
  bool locked() const;

  // The last grant by this proxy or a copy of it, for with_fence(): calls that are only done while
  // it is current.
  Fence fence() const { return {.lock = id(), .number = fencing()}; }
  // Its fencing number, for a storage elsewhere. A fencing number grows with every grant and
  // never goes back: a storage that remembers the highest one it has seen can refuse a holder that
  // was thought dead and comes back. 0 before the first grant.
  uint64_t fencing() const { return last_grant_->fencing; }
  // Whether the holder before died holding it: what the lock guards may be half done.
  bool abandoned() const { return last_grant_->abandoned; }

 protected:
  LockCalls(ReferencePtr reference, bool names_grant, bool refuses_abandoned)
      : Proxy(std::move(reference)),
        names_grant_(names_grant),
        refuses_abandoned_(refuses_abandoned) {}
  static ReferencePtr open(const ReferencePtr& registry, std::string_view name, bool reentrant,
                           const LockOptions& options);

 private:
  struct LastGrant {
    std::atomic<uint64_t> fencing{0};
    std::atomic<bool> abandoned{false};
    std::atomic<bool> held{false};
  };

  friend class TimedLockable<LockCalls>;
  bool acquire(Timeout timeout) const;
  void release(uint64_t fencing, bool abandoned) const;

  // Whether a release is for the last grant and no other: not of an RLock, whose owner is checked.
  bool names_grant_;
  bool refuses_abandoned_;
  std::shared_ptr<LastGrant> last_grant_ = std::make_shared<LastGrant>();
};

// A mutual exclusion lock for the threads of any process on any machine; a TimedLockable, for
// std::scoped_lock and its like. As Python's threading.Lock it has no owner: any thread may unlock
// it. A thread that locks it twice waits for ever.
class Lock final : public LockCalls {
 public:
  static constexpr const char* kType = "Lock";

  explicit Lock(ReferencePtr reference) : LockCalls(std::move(reference), true, false) {}
  Lock(const ReferencePtr& registry, std::string_view name, const LockOptions& options)
      : LockCalls(open(registry, name, false, options), true, options.refuse_abandoned) {}
};

// The same, owned by the thread that locked it, which may lock it again and unlocks it as often.
// Throws Refused if another thread unlocks it. (Python: threading.RLock.)
class RLock final : public LockCalls {
 public:
  static constexpr const char* kType = "RLock";

  explicit RLock(ReferencePtr reference) : LockCalls(std::move(reference), false, false) {}
  RLock(const ReferencePtr& registry, std::string_view name, const LockOptions& options)
      : LockCalls(open(registry, name, true, options), false, options.refuse_abandoned) {}
};

}  // namespace syncmanager

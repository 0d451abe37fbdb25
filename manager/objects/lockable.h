#pragma once

#include <cstdint>
#include <optional>

#include "absl/container/btree_map.h"
#include "manager/core/check.h"
#include "manager/core/object.h"

namespace syncmanager::manager {

// An object that works on a Lockable and must know what happens to it: a Condition.
class LockUser {
 public:
  // A waiter that this object had notified died before it had the lock.
  virtual void notified_waiter_died() = 0;
  // The lock was deleted, and its own waiters have been answered.
  virtual void lock_deleted() = 0;

 protected:
  ~LockUser() = default;
};

// The common part of Lock and RLock: one holder, a wait list, a fencing number with each grant, and
// the mark that a dead holder leaves behind.
//
// Between calls: calls wait only while the lock is held. A release hands the lock to the call that
// has waited longest in the same step, so no call overtakes another.
class Lockable : public Object {
 public:
  explicit Lockable(bool release_on_exit) : release_on_exit_(release_on_exit) {}

  void perform(Call call) final;
  void session_ended(SessionNumber session, bool goodbye) final;
  void gave_up(WaitList& list, Call call, GiveUp reason) final;
  void deleted() final;
  uint64_t size() const final { return locked() ? 1 : 0; }
  void describe(wire::ObjectState& state) const final;
  void save(Snapshot& snapshot) const final;
  void check_invariants() const final { CHECK(acquirers_.empty() || locked()); }

  bool is_held(uint64_t fencing) const final { return holder_ && holder_->fencing == fencing; }

  bool locked() const { return holder_.has_value(); }
  void acquire(Call call);
  // A fencing number other than 0 names the grant to release: any other is REFUSED.
  void release(Call call, const wire::LockOp::Release& wanted);

  // `user`, which is the object of that id, works on this lock from attach() to detach().
  void attach(ObjectId id, LockUser& user) { users_.emplace(id, &user); }
  void detach(ObjectId id) { users_.erase(id); }
  // Whether `caller` may wait on a Condition of this lock, and notify it.
  virtual bool serves(Caller caller) const = 0;
  // Releases all levels at once and hands over. Returns the number of levels.
  uint64_t release_all();
  // Gives the lock to a waiter of the Condition when it is its turn, with `depth` levels. `came_by`
  // says how its wait ended; nothing: it was notified.
  void reacquire(Call call, uint64_t depth, std::optional<GiveUp> came_by);

 protected:
  struct Holder {
    Caller caller;
    uint64_t depth;
    uint64_t fencing;
    Time since;
    // Its session said goodbye and left the lock held: any caller may release it.
    bool left_behind = false;
  };
  const std::optional<Holder>& holder() const { return holder_; }

  // Whether the holder may acquire it again.
  virtual bool reentrant() const = 0;
  // Whether `caller` may release the holder's grant.
  virtual bool may_release(Caller caller) const = 0;
  // The refusal of a release by any other caller, in CPython's words.
  virtual const char* not_held() const = 0;

 private:
  void grant(Call call);
  void hand_over();

  const bool release_on_exit_;
  std::optional<Holder> holder_;
  bool abandoned_ = false;  // A holder died. The next grant says so.
  absl::btree_map<ObjectId, LockUser*> users_;
  WaitList acquirers_{this, "acquire"};
};

// The object as a Lockable; null if it is neither a Lock nor an RLock.
inline Lockable* as_lockable(Object* object) {
  if (object == nullptr || object->row().op != wire::Request::kLock) return nullptr;
  return static_cast<Lockable*>(object);
}

}  // namespace syncmanager::manager

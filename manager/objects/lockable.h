#pragma once

#include <cstdint>
#include <optional>

#include "absl/container/btree_map.h"
#include "manager/core/check.h"
#include "manager/core/object.h"

namespace syncmanager::manager {

// A Condition, as the lock that it works on sees it.
class LockUser {
 public:
  // A waiter that was notified died before it had the lock: the next one is to be notified.
  virtual void notify_unused() = 0;
  // The lock was deleted: nobody can notify the waiters any more.
  virtual void lock_deleted() = 0;

 protected:
  ~LockUser() = default;
};

// The base of Lock and RLock, and the interface for a Condition on one of them: one holder, a wait
// list, a fencing number with each grant, and the mark that a dead holder leaves behind.
//
// Between calls: a call waits only while the lock is held. A release hands the lock to the longest
// waiter in the same step, so nobody overtakes.
class Lockable : public Object {
 public:
  explicit Lockable(bool release_on_exit) : release_on_exit_(release_on_exit) {}

  void perform(Call call) final;
  void session_ended(SessionNumber session, bool goodbye) final;
  bool must_stay(const Call& call, GiveUp reason) const final;
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

  // For a Condition, which works on this lock from attach() to detach().
  // REQUIRES: `user` lives until then.
  void attach(ObjectId condition, LockUser& user) { users_.emplace(condition, &user); }
  void detach(ObjectId condition) { users_.erase(condition); }
  // Whether `caller` may wait on and notify it.
  virtual bool serves(Caller caller) const = 0;
  // Lets go of all levels at once and hands over; returns how many they were.
  uint64_t release_all();
  // Gives the lock back to a waiter of the Condition as soon as it is its turn, with `depth`
  // levels. `came_by` says how its wait ended; nothing: it was notified.
  void reacquire(Call call, uint64_t depth, std::optional<GiveUp> came_by);

 protected:
  struct Holder {
    Caller caller;
    uint64_t depth;
    uint64_t fencing;
    Time since;
    bool left_behind = false;  // Its session said goodbye and left it held: anybody may release it.
  };
  const std::optional<Holder>& holder() const { return holder_; }

  // Whether the holder may take it once more.
  virtual bool reentrant() const = 0;
  // Whether `caller` may release what is held.
  virtual bool may_release(Caller caller) const = 0;
  // The message for a release by anybody else; CPython's words.
  virtual const char* not_held() const = 0;

 private:
  void grant(Call call);
  void hand_over();

  const bool release_on_exit_;
  std::optional<Holder> holder_;
  bool abandoned_ = false;  // A holder died and nobody has been told yet: the next one is.
  absl::btree_map<ObjectId, LockUser*> users_;
  WaitList acquirers_{this, "acquire"};
};

}  // namespace syncmanager::manager

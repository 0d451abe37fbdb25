#pragma once

#include <cstdint>
#include <optional>

#include "manager/core/call.h"
#include "manager/core/time.h"

namespace syncmanager::manager {

class Object;
class WaitList;

// A parked call and its places: in the wait list it is in, among its session's parked calls, and
// among the deadlines.
struct Waiter {
  Call call;
  WaitList* list;
  uint64_t number;  // In the order of parking, over the whole Engine.
  Time since;
  Time deadline;
  bool stays;  // A cancel doesn't take it: park_for_ever().
  Waiter* previous = nullptr;
  Waiter* next = nullptr;
};

// The calls that wait for one thing at one object, first come first served.
//
// The taker of a call answers it. The object takes it with pop(); deadlines, cancels, the end
// of a session and the end of the object take it with remove(), by way of Object::gave_up. All of
// that is in one step of the Engine, so exactly one of them gets it.
class WaitList {
 public:
  // `what` names the wait for people: "get". Unless it `retains_object` calls that wait here are
  // told when nobody refers to the object any more. REQUIRES: `object` owns this list.
  WaitList(Object* object, const char* what, bool retains_object = true);
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;
  ~WaitList();

  // Whether the limits allow one more; refuses the call if they don't. park() asks itself: this is
  // for an object that must know before it changes anything.
  bool admits(Call& call) const;

  // Keeps `call` until somebody takes it. A call that may not wait is answered TIMED_OUT at once,
  // one beyond the limits is refused.
  void park(Call call);
  // The same for a call that waits whatever its timeout, and even if it is cancelled: a Condition's
  // waiter that wants its lock again. Only the end of its session or of the object ends that.
  void park_for_ever(Call call);
  // As park(), with a timeout for the calls that bring none of their own.
  void park_at_most(Call call, std::optional<Duration> timeout);

  // Takes the call that has waited longest; nothing if nobody waits.
  std::optional<Call> pop();
  // Takes this one.
  Call remove(Waiter& waiter);

  bool empty() const { return first_ == nullptr; }
  uint64_t size() const { return size_; }
  // The one who has waited longest, null if nobody waits; the rest by Waiter::next.
  Waiter* first() const { return first_; }

  Object& object() const { return *object_; }
  bool retains_object() const { return retains_object_; }
  const char* what() const { return what_; }

 private:
  void park_until(Call call, Time deadline, bool stays);

  Object* const object_;
  const bool retains_object_;
  const char* const what_;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
  uint64_t size_ = 0;
};

}  // namespace syncmanager::manager

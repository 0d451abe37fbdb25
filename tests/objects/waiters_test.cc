// The rules for all waiters, whatever they wait for.

#include <gmock/gmock.h>

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::Matcher;

// A way to wait. occupy() makes the object such that wait() parks; let_go(), by the owner first and
// then by each one served, serves one more, or all if kAtOnce.
struct ToLock {
  static constexpr const char* kName = "Lock";
  static constexpr bool kAtOnce = false;
  static OpenOptions options() { return a_lock(); }
  static void occupy(Actor owner, ObjectId object) { owner.acquire(object); }
  static Pending wait(Actor actor, ObjectId object, Timeout timeout = std::nullopt) {
    return actor.acquire(object, timeout);
  }
  static void let_go(Actor holder, ObjectId object) { holder.release(object); }
  static Matcher<Pending> late() { return TimedOut(); }
};

struct ToRLock : ToLock {
  static constexpr const char* kName = "RLock";
  static OpenOptions options() { return an_rlock(); }
};

struct ToTakeAPermit : ToLock {
  static constexpr const char* kName = "Semaphore";
  static OpenOptions options() { return a_semaphore(1); }
};

struct ToTakeABoundedPermit : ToLock {
  static constexpr const char* kName = "BoundedSemaphore";
  static OpenOptions options() { return a_bounded_semaphore(1); }
};

struct ToWrite : ToLock {
  static constexpr const char* kName = "RWLockWrite";
  static OpenOptions options() { return an_rwlock(); }
};

struct ToLockACondition : ToLock {
  static constexpr const char* kName = "ConditionAcquire";
  static OpenOptions options() { return a_condition(); }
};

struct ToGet : ToLock {
  static constexpr const char* kName = "QueueGet";
  static OpenOptions options() { return a_queue(); }
  static void occupy(Actor, ObjectId) {}
  static Pending wait(Actor actor, ObjectId object, Timeout timeout = std::nullopt) {
    return actor.get(object, timeout);
  }
  static void let_go(Actor holder, ObjectId object) { holder.put(object, "an item"); }
};

struct ToPut : ToLock {
  static constexpr const char* kName = "QueuePut";
  static OpenOptions options() { return a_queue(1); }
  static void occupy(Actor owner, ObjectId object) { owner.put(object, "the first"); }
  static Pending wait(Actor actor, ObjectId object, Timeout timeout = std::nullopt) {
    return actor.put(object, "another", timeout);
  }
  static void let_go(Actor holder, ObjectId object) { holder.get(object); }
};

struct ToBeNotified : ToLock {
  static constexpr const char* kName = "ConditionWait";
  static OpenOptions options() { return a_condition(); }
  static void occupy(Actor, ObjectId) {}
  static Pending wait(Actor actor, ObjectId object, Timeout timeout = std::nullopt) {
    EXPECT_THAT(actor.acquire(object), Granted());
    return actor.wait(object, timeout);
  }
  // The notified waiter has the lock.
  static void let_go(Actor holder, ObjectId object) {
    holder.release(object);
    EXPECT_THAT(holder.acquire(object), Granted());
    EXPECT_THAT(holder.notify(object), Done());
    EXPECT_THAT(holder.release(object), Done());
  }
  static Matcher<Pending> late() { return GrantedTimedOut(); }
};

struct ToRead : ToLock {
  static constexpr const char* kName = "RWLockRead";
  static constexpr bool kAtOnce = true;
  static OpenOptions options() { return an_rwlock(); }
  static Pending wait(Actor actor, ObjectId object, Timeout timeout = std::nullopt) {
    return actor.acquire_read(object, timeout);
  }
};

struct ToSeeAFlag : ToLock {
  static constexpr const char* kName = "EventWait";
  static constexpr bool kAtOnce = true;
  static OpenOptions options() { return an_event(); }
  static void occupy(Actor, ObjectId) {}
  static Pending wait(Actor actor, ObjectId object, Timeout timeout = std::nullopt) {
    return actor.wait(object, timeout);
  }
  static void let_go(Actor holder, ObjectId object) { holder.set(object); }
};

struct ToSeeALatchOpen : ToSeeAFlag {
  static constexpr const char* kName = "LatchWait";
  static OpenOptions options() { return a_latch(1); }
  static void let_go(Actor holder, ObjectId object) { holder.count_down(object); }
};

struct ToJoin : ToSeeAFlag {
  static constexpr const char* kName = "QueueJoin";
  static OpenOptions options() { return a_queue(); }
  static void occupy(Actor owner, ObjectId object) { owner.put(object, "a task"); }
  static Pending wait(Actor actor, ObjectId object, Timeout timeout = std::nullopt) {
    return actor.join(object, timeout);
  }
  static void let_go(Actor holder, ObjectId object) { holder.task_done(object); }
};

struct ToPassABarrier : ToSeeAFlag {
  static constexpr const char* kName = "BarrierWait";
  static OpenOptions options() { return a_barrier(4); }
  static void let_go(Actor holder, ObjectId object) { holder.wait(object); }
  static Matcher<Pending> late() { return Refused(wire::BROKEN_BARRIER); }
};

struct Names {
  template <typename Kind>
  static std::string GetName(int) {
    return Kind::kName;
  }
};

template <typename Kind>
class WaiterTest : public StageTest {
 protected:
  WaiterTest() { Kind::occupy(owner, object); }

  ObjectId object = stage.create(Kind::options());
  Actor owner = stage.actor(), first = stage.actor(), second = stage.actor(), third = stage.actor();
};

using EveryKind = ::testing::Types<ToLock, ToRLock, ToTakeAPermit, ToTakeABoundedPermit, ToWrite,
                                   ToLockACondition, ToGet, ToPut, ToBeNotified, ToRead, ToSeeAFlag,
                                   ToSeeALatchOpen, ToJoin, ToPassABarrier>;
TYPED_TEST_SUITE(WaiterTest, EveryKind, Names);

TYPED_TEST(WaiterTest, TimesOutAtItsDeadlineAndNotBefore) {
  const Pending waiting = TypeParam::wait(this->first, this->object, 500ms);
  this->stage.advance(499ms);
  EXPECT_THAT(waiting, Parked());
  this->stage.advance(1ms);
  EXPECT_THAT(waiting, TypeParam::late());
}

TYPED_TEST(WaiterTest, TimesOutInATickOnlyAndNeverAsASideEffect) {
  const Pending waiting = TypeParam::wait(this->first, this->object, 500ms);
  EXPECT_EQ(this->stage.engine().next_deadline(), this->stage.now() + 500ms);
  this->stage.pass_unseen(1s);
  EXPECT_THAT(this->second.ping(), Done());
  EXPECT_THAT(waiting, Parked());
  this->stage.advance(0ms);
  EXPECT_THAT(waiting, TypeParam::late());
}

TYPED_TEST(WaiterTest, WithATimeoutOfZeroNeverParks) {
  EXPECT_THAT(TypeParam::wait(this->first, this->object, 0ms), TypeParam::late());
  EXPECT_EQ(this->stage.engine().parked(), 0u);
}

TYPED_TEST(WaiterTest, WithoutATimeoutWaitsForYears) {
  const Pending waiting = TypeParam::wait(this->first, this->object);
  this->stage.advance(24h * 365 * 10);
  EXPECT_THAT(waiting, Parked());
}

TYPED_TEST(WaiterTest, IsAnsweredOnceWhenItIsCancelled) {
  const Pending waiting = TypeParam::wait(this->first, this->object, 500ms);
  waiting.cancel();
  EXPECT_THAT(waiting, Refused(wire::CANCELLED));
  waiting.cancel();
  this->stage.advance(1s);
  EXPECT_THAT(waiting, Refused(wire::CANCELLED));
}

TYPED_TEST(WaiterTest, ACancelThatComesTooLateTakesNothingBack) {
  const Pending waiting = TypeParam::wait(this->first, this->object);
  const Pending others[] = {TypeParam::wait(this->second, this->object),
                            TypeParam::wait(this->third, this->object)};
  TypeParam::let_go(this->owner, this->object);
  waiting.cancel();
  EXPECT_THAT(waiting, Served());
  EXPECT_THAT(others[0], TypeParam::kAtOnce ? Matcher<Pending>(Served()) : Parked());
}

TYPED_TEST(WaiterTest, IsToldWhenTheObjectIsDeleted) {
  const Pending waiting = TypeParam::wait(this->first, this->object);
  const Pending deletion = this->second.remove(this->object);
  EXPECT_THAT(deletion, Done());
  EXPECT_THAT(waiting, Refused(wire::NO_SUCH_OBJECT));
}

TYPED_TEST(WaiterTest, IsAnsweredAtTheEndOfADrainInWhichNothingNewParks) {
  const Pending waiting = TypeParam::wait(this->first, this->object);
  this->stage.start_drain(5s);
  if (std::string(TypeParam::kName) != "ConditionWait") {
    EXPECT_THAT(TypeParam::wait(this->second, this->object), Refused(wire::DRAINING));
  }
  EXPECT_THAT(waiting, Parked());
  this->stage.end_drain();
  EXPECT_THAT(waiting, Refused(wire::DRAINING));
}

TYPED_TEST(WaiterTest, IsShownWithItsSessionAndHowLongItHasWaited) {
  const Pending waiting = TypeParam::wait(this->first, this->object);
  this->stage.advance(2s);
  ObjectId waited_on = this->object;
  if (std::string(TypeParam::kName) == "ConditionAcquire") ++waited_on;
  const wire::ObjectState state = this->stage.inspect(waited_on);
  ASSERT_EQ(state.waiters_size(), 1);
  EXPECT_EQ(state.waiters(0).session(), this->first.session());
  EXPECT_EQ(state.waiters(0).since_us(), 2'000'000u);
  EXPECT_THAT(waiting, Parked());
}

// Not for barriers: a party that goes breaks its barrier, which barrier_test.cc tests.
template <typename Kind>
class GhostTest : public WaiterTest<Kind> {};

using EveryKindButBarrier = ::testing::Types<ToLock, ToRLock, ToTakeAPermit, ToTakeABoundedPermit,
                                             ToWrite, ToLockACondition, ToGet, ToPut, ToBeNotified,
                                             ToRead, ToSeeAFlag, ToSeeALatchOpen, ToJoin>;
TYPED_TEST_SUITE(GhostTest, EveryKindButBarrier, Names);

TYPED_TEST(GhostTest, ASessionThatDiesWhileWaitingTakesNothing) {
  const Pending ghost = TypeParam::wait(this->first, this->object);
  const Pending waiting = TypeParam::wait(this->second, this->object);
  this->first.die();
  EXPECT_THAT(ghost, Gone());
  TypeParam::let_go(this->owner, this->object);
  EXPECT_THAT(waiting, Served());
}

TYPED_TEST(GhostTest, ASessionThatLeavesWhileWaitingTakesNothing) {
  const Pending ghost = TypeParam::wait(this->first, this->object);
  const Pending waiting = TypeParam::wait(this->second, this->object);
  this->first.leave();
  EXPECT_THAT(ghost, Gone());
  TypeParam::let_go(this->owner, this->object);
  EXPECT_THAT(waiting, Served());
}

TYPED_TEST(GhostTest, OneThatTimedOutOrWasCancelledTakesNothing) {
  const Pending late = TypeParam::wait(this->first, this->object, 1s);
  const Pending cancelled = TypeParam::wait(this->second, this->object);
  const Pending waiting = TypeParam::wait(this->third, this->object);
  this->stage.advance(1s);
  cancelled.cancel();
  EXPECT_THAT(late, TypeParam::late());
  if (std::string(TypeParam::kName) == "ConditionWait") {
    this->first.release(this->object);  // Both have come back holding the lock in turn.
    this->second.release(this->object);
  }
  EXPECT_THAT(waiting, Parked());
  TypeParam::let_go(this->owner, this->object);
  EXPECT_THAT(waiting, Served());
}

// The kinds that serve one waiter after the other, each by the one before.
template <typename Kind>
class TurnTest : public WaiterTest<Kind> {};

using TakenInTurns = ::testing::Types<ToLock, ToRLock, ToTakeAPermit, ToTakeABoundedPermit, ToWrite,
                                      ToLockACondition, ToGet, ToPut, ToBeNotified>;
TYPED_TEST_SUITE(TurnTest, TakenInTurns, Names);

TYPED_TEST(TurnTest, IsFirstComeFirstServed) {
  const Pending one = TypeParam::wait(this->first, this->object);
  const Pending two = TypeParam::wait(this->second, this->object);
  const Pending three = TypeParam::wait(this->third, this->object);

  TypeParam::let_go(this->owner, this->object);
  EXPECT_THAT(one, Served());
  EXPECT_THAT(two, Parked());
  TypeParam::let_go(this->first, this->object);
  EXPECT_THAT(two, Served());
  EXPECT_THAT(three, Parked());
  TypeParam::let_go(this->second, this->object);
  EXPECT_THAT(three, Served());
}

TYPED_TEST(TurnTest, WhoComesBackStandsBehindAllOthers) {
  const Pending gave_up = TypeParam::wait(this->first, this->object, 1s);
  const Pending two = TypeParam::wait(this->second, this->object);
  this->stage.advance(1s);
  if (std::string(TypeParam::kName) == "ConditionWait") this->first.release(this->object);
  const Pending again = TypeParam::wait(this->first, this->object);

  TypeParam::let_go(this->owner, this->object);

  EXPECT_THAT(gave_up, TypeParam::late());
  EXPECT_THAT(two, Served());
  EXPECT_THAT(again, Parked());
}

// The kinds that sessions hold.
template <typename Kind>
class HolderTest : public WaiterTest<Kind> {};

using Held = ::testing::Types<ToLock, ToRLock, ToTakeAPermit, ToTakeABoundedPermit, ToWrite,
                              ToLockACondition>;
TYPED_TEST_SUITE(HolderTest, Held, Names);

TYPED_TEST(HolderTest, ANewcomerDoesNotOvertakeWhoWasHandedIt) {
  const Pending waiting = TypeParam::wait(this->first, this->object);
  TypeParam::let_go(this->owner, this->object);
  EXPECT_THAT(TypeParam::wait(this->second, this->object, 0ms), TimedOut());
  EXPECT_THAT(waiting, Served());
}

TYPED_TEST(HolderTest, ASessionThatDiesWhileHoldingGivesItBack) {
  const Pending waiting = TypeParam::wait(this->first, this->object);
  this->owner.die();
  EXPECT_THAT(waiting, Served());
}

TYPED_TEST(HolderTest, ASessionThatDiesHoldingAndWaitingGivesBackAndTakesNothing) {
  const Pending ghost = TypeParam::wait(this->owner.thread(2), this->object);
  const Pending waiting = TypeParam::wait(this->first, this->object);
  this->owner.die();
  EXPECT_THAT(ghost, Gone());
  EXPECT_THAT(waiting, Served());
}

TYPED_TEST(HolderTest, ASessionThatLeavesWhileHoldingLeavesItHeldAndAnybodyMayReleaseIt) {
  const Pending waiting = TypeParam::wait(this->first, this->object);
  this->owner.leave();
  EXPECT_THAT(waiting, Parked());
  EXPECT_THAT(this->second.release(this->object), Done());
  EXPECT_THAT(waiting, Served());
}

TYPED_TEST(HolderTest, IsHandedDownAChainOfTheDying) {
  const Pending one = TypeParam::wait(this->first, this->object);
  const Pending two = TypeParam::wait(this->second, this->object);
  this->owner.die();
  EXPECT_THAT(one, Served());
  this->first.die();
  EXPECT_THAT(two, Served());
}

TYPED_TEST(HolderTest, StaysHeldByASessionThatForgotTheObject) {
  EXPECT_THAT(this->owner.forget(this->object), Done());
  const Pending waiting = TypeParam::wait(this->first, this->object);
  EXPECT_THAT(waiting, Parked());
  this->owner.die();
  EXPECT_THAT(waiting, Served());
}

}  // namespace
}  // namespace syncmanager::manager

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class ConditionTest : public StageTest {
 protected:
  // Takes the lock and waits.
  Pending wait(Actor actor, Timeout timeout = std::nullopt) {
    EXPECT_THAT(actor.acquire(condition), Served());
    return actor.wait(condition, timeout);
  }
  // Takes the lock, notifies, and lets go.
  void notify(Actor actor, uint64_t count = 1) {
    EXPECT_THAT(actor.acquire(condition), Served());
    EXPECT_THAT(actor.notify(condition, count), Done());
    EXPECT_THAT(actor.release(condition), Done());
  }

  ObjectId condition = stage.create(a_condition());
  Actor alice = stage.actor(), bob = stage.actor(), carol = stage.actor(), dave = stage.actor();
};

TEST_F(ConditionTest, LetsGoOfTheLockWhileItWaitsAndHasItAgainAfterwards) {
  const Pending waiting = wait(alice);
  EXPECT_THAT(bob.acquire(condition), Granted());
  bob.notify(condition);
  EXPECT_THAT(waiting, Parked());
  bob.release(condition);
  EXPECT_THAT(waiting, Granted());
  EXPECT_THAT(bob.acquire(condition, 0ms), TimedOut());
  EXPECT_THAT(alice.release(condition), Done());
}

TEST_F(ConditionTest, NotifiesAsManyAsItIsToldInTheOrderOfTheirComing) {
  const Pending one = wait(alice);
  const Pending two = wait(bob);
  const Pending three = wait(carol);
  notify(dave, 2);
  EXPECT_THAT(one, Granted());
  alice.release(condition);
  EXPECT_THAT(two, Granted());
  bob.release(condition);
  EXPECT_THAT(three, Parked());
}

TEST_F(ConditionTest, NotifiesAll) {
  const Pending one = wait(alice);
  const Pending two = wait(bob);
  dave.acquire(condition);
  dave.notify_all(condition);
  dave.release(condition);
  EXPECT_THAT(one, Granted());
  EXPECT_THAT(two, Parked());
  alice.release(condition);
  EXPECT_THAT(two, Granted());
}

TEST_F(ConditionTest, NotifyIsForThoseWhoWaitAndNotForThoseWhoCome) {
  notify(alice);
  EXPECT_THAT(wait(bob), Parked());
}

TEST_F(ConditionTest, LetsGoOfAllLevelsOfItsLockAndRestoresThem) {
  alice.acquire(condition);
  alice.acquire(condition);
  const Pending waiting = wait(alice);
  notify(bob);
  EXPECT_THAT(waiting, Granted());
  for (int level = 0; level < 3; ++level) {
    EXPECT_THAT(bob.acquire(condition, 0ms), TimedOut());
    EXPECT_THAT(alice.release(condition), Done());
  }
  EXPECT_THAT(bob.acquire(condition, 0ms), Granted());
}

TEST_F(ConditionTest, AWaitThatTimesOutComesBackHoldingTheLock) {
  const Pending waiting = wait(alice, 1s);
  bob.acquire(condition);
  stage.advance(1s);
  EXPECT_THAT(waiting, Parked());  // For the lock now.
  stage.advance(1h);
  EXPECT_THAT(waiting, Parked());
  bob.release(condition);
  EXPECT_THAT(waiting, GrantedTimedOut());
  EXPECT_THAT(alice.release(condition), Done());
}

TEST_F(ConditionTest, AWaitThatIsCancelledComesBackHoldingTheLock) {
  const Pending waiting = wait(alice);
  bob.acquire(condition);
  waiting.cancel();
  waiting.cancel();
  EXPECT_THAT(waiting, Parked());
  bob.release(condition);
  EXPECT_THAT(waiting, Refused(wire::CANCELLED));
  EXPECT_THAT(bob.acquire(condition, 0ms), TimedOut());
  EXPECT_THAT(alice.release(condition), Done());
}

TEST_F(ConditionTest, ANotifiedWaiterThatIsCancelledHasBeenNotified) {
  const Pending waiting = wait(alice);
  bob.acquire(condition);
  bob.notify(condition);
  waiting.cancel();
  bob.release(condition);
  EXPECT_THAT(waiting, Granted());
}

// As CPython's: a loop that polls with a timeout of zero lets others in.
TEST_F(ConditionTest, AWaitOfZeroTakesItsTurnForTheLock) {
  alice.acquire(condition);
  const Pending other = bob.acquire(condition);
  const Pending polled = alice.wait(condition, 0ms);
  EXPECT_THAT(other, Granted());
  EXPECT_THAT(polled, Parked());
  bob.release(condition);
  EXPECT_THAT(polled, GrantedTimedOut());
}

TEST_F(ConditionTest, RefusesWhoDoesNotHoldItsLock) {
  EXPECT_THAT(alice.wait(condition), Refused(wire::REFUSED, "cannot wait on un-acquired lock"));
  EXPECT_THAT(alice.notify(condition), Refused(wire::REFUSED, "cannot notify on un-acquired lock"));
  bob.acquire(condition);
  EXPECT_THAT(alice.wait(condition), Refused(wire::REFUSED, "cannot wait on un-acquired lock"));
  EXPECT_THAT(bob.thread(2).notify_all(condition),
              Refused(wire::REFUSED, "cannot notify on un-acquired lock"));
  EXPECT_THAT(alice.locked(condition), Answered(true));
}

TEST_F(ConditionTest, NotifiesALivingWaiterInPlaceOfADeadOne) {
  const Pending ghost = wait(alice);
  const Pending waiting = wait(bob);
  alice.die();
  notify(carol);
  EXPECT_THAT(ghost, Gone());
  EXPECT_THAT(waiting, Granted());
}

TEST_F(ConditionTest, PassesOnTheNotifyOfOneThatDiedBeforeItHadTheLock) {
  wait(alice);
  const Pending waiting = wait(bob);
  carol.acquire(condition);
  carol.notify(condition);
  alice.die();
  carol.release(condition);
  EXPECT_THAT(waiting, Granted());
}

TEST_F(ConditionTest, OfADeadHolderGoesOnWithWhoWasNotifiedAndTellsIt) {
  const Pending waiting = wait(alice);
  bob.acquire(condition);
  bob.notify(condition);
  bob.die();
  EXPECT_THAT(waiting, GrantedAbandoned());
}

TEST_F(ConditionTest, KeepsItsLockWhenItCannotWaitForWantOfRoom) {
  Stage small({.parked_total = 1});
  const ObjectId crowded = small.create(a_condition());
  const Actor one = small.actor(), two = small.actor();
  one.acquire(crowded);
  one.wait(crowded);
  two.acquire(crowded);
  EXPECT_THAT(two.wait(crowded), Refused(wire::RESOURCE_EXHAUSTED));
  EXPECT_THAT(two.notify(crowded), Done());
  EXPECT_THAT(two.release(crowded), Done());
}

// Two conditions on one lock, as a bounded buffer has them.
TEST_F(ConditionTest, SharesALockWithAnotherCondition) {
  const ObjectId lock = stage.create(a_lock());
  const ObjectId not_empty = stage.create(a_condition(lock));
  const ObjectId not_full = stage.create(a_condition(lock));
  EXPECT_THAT(alice.acquire(not_empty), Granted());
  const Pending taker = alice.wait(not_empty);
  EXPECT_THAT(bob.acquire(lock), Granted());
  const Pending giver = bob.wait(not_full);
  EXPECT_THAT(carol.acquire(not_full), Granted());
  carol.notify(not_empty);
  carol.release(lock);
  EXPECT_THAT(taker, Granted());
  EXPECT_THAT(giver, Parked());
}

TEST_F(ConditionTest, TellsWhoNeedsItsLockThatItWasDeleted) {
  const Pending lock = alice.open(named("lock", a_lock()));
  const ObjectId on_it = alice.open(a_condition(lock.object())).object();
  alice.acquire(on_it);
  const Pending waiting = alice.wait(on_it);
  EXPECT_THAT(bob.remove("lock"), Done());
  const char* reason = "the condition's lock was deleted";
  EXPECT_THAT(waiting, Refused(wire::NO_SUCH_OBJECT, reason));
  EXPECT_THAT(alice.acquire(on_it), Refused(wire::NO_SUCH_OBJECT, reason));
}

// Nobody could release it: the condition was the only way to it.
TEST_F(ConditionTest, TakesTheLockThatItMadeForItselfAlongWhenItIsDeleted) {
  const ObjectId changed = alice.open(named("changed", a_condition())).object();
  bob.open(named("changed", a_condition()));
  carol.open(named("changed", a_condition()));
  const Pending notified = [&] {
    bob.acquire(changed);
    return bob.wait(changed);
  }();
  alice.acquire(changed);
  alice.notify(changed);
  const Pending acquiring = carol.acquire(changed);
  EXPECT_THAT(alice.remove("changed"), Done());
  EXPECT_THAT(notified, Refused(wire::NO_SUCH_OBJECT));
  EXPECT_THAT(acquiring, Refused(wire::NO_SUCH_OBJECT));
}

TEST_F(ConditionTest, LeavesALockThatItWasGivenToThoseWhoHaveIt) {
  const ObjectId lock = alice.open(a_lock()).object();
  alice.acquire(lock);
  const ObjectId on_it = alice.open(a_condition(lock)).object();
  EXPECT_THAT(alice.remove(on_it), Done());
  EXPECT_THAT(alice.release(lock), Done());
}

// That answer has no room for the mark.
TEST_F(ConditionTest, ACancelledWaitLeavesTheMarkOfADeadHolderToTheNext) {
  const Pending waiting = wait(alice);
  bob.acquire(condition);
  waiting.cancel();
  const Pending next = carol.acquire(condition);
  bob.die();
  EXPECT_THAT(waiting, Refused(wire::CANCELLED));
  alice.release(condition);
  EXPECT_THAT(next, GrantedAbandoned());
}

TEST_F(ConditionTest, KeepsALockWithoutANameAliveThatNobodyElseRefersTo) {
  const Pending lock = alice.open(a_lock());
  const Pending on_it = alice.open(a_condition(lock.object()));
  alice.forget(lock.object());
  EXPECT_THAT(alice.acquire(on_it.object()), Granted());
  alice.release(on_it.object());
  alice.forget(on_it.object());
  EXPECT_EQ(stage.engine().registry().find(lock.object()), nullptr);
}

TEST_F(ConditionTest, WantsALockOfItsSession) {
  const ObjectId queue = alice.open(a_queue()).object();
  EXPECT_THAT(alice.open(a_condition(queue)), Refused(wire::WRONG_TYPE));
  EXPECT_THAT(bob.open(a_condition(queue)), Refused(wire::NO_SUCH_OBJECT));
  EXPECT_THAT(bob.open(a_condition(1'000'000)), Refused(wire::NO_SUCH_OBJECT));
}

TEST_F(ConditionTest, OpenedByNameMustBeOnTheSameLock) {
  const ObjectId lock = alice.open(named("lock", a_lock())).object();
  EXPECT_THAT(alice.open(named("changed", a_condition(lock))), Opened(true));
  EXPECT_THAT(alice.open(named("changed", a_condition(lock))), Opened(false));
  EXPECT_THAT(alice.open(named("changed", a_condition())), Refused(wire::WRONG_TYPE));
}

// Each gets exactly one answer.
TEST_F(ConditionTest, NotifiesAllOfManyAndEachHasTheLockInItsTurn) {
  std::vector<Pending> waiting;
  for (uint64_t thread = 1; thread <= 200; ++thread) waiting.push_back(wait(alice.thread(thread)));
  bob.acquire(condition);
  bob.notify_all(condition);
  bob.release(condition);
  for (uint64_t thread = 1; thread <= 200; ++thread) {
    EXPECT_THAT(waiting[thread - 1], Granted());
    EXPECT_THAT(alice.thread(thread).release(condition), Done());
  }
}

}  // namespace
}  // namespace syncmanager::manager

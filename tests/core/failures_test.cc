// The failures of multiprocessing.managers when a process is interrupted or killed, one case
// each: an interrupted call, and the deaths of a getter, a holder, a waiter, a notified one, a
// party.

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class FailureTest : public StageTest {
 protected:
  Actor victim = stage.actor({.name = "victim"});
  Actor alice = stage.actor({.name = "alice"});
  Actor bob = stage.actor({.name = "bob"});
};

// CPython: the next call on that thread gets the answer of the interrupted one, and so on for ever.
TEST_F(FailureTest, AnInterruptedCallIsCancelledAndEveryLaterOneGetsItsOwnAnswer) {
  const ObjectId queue = stage.create(a_queue());
  const Pending interrupted = victim.get(queue);
  interrupted.cancel();
  EXPECT_THAT(interrupted, Refused(wire::CANCELLED));
  EXPECT_THAT(alice.put(queue, "an item"), Done());
  EXPECT_THAT(victim.size(queue), Answered(1));
  EXPECT_THAT(victim.get(queue), Answered("an item"));
}

// CPython: the item goes to the dead getter and is lost.
TEST_F(FailureTest, AnItemGoesToALivingGetterInPlaceOfAKilledOne) {
  const ObjectId queue = stage.create(a_queue());
  victim.get(queue);
  const Pending living = alice.get(queue);
  victim.die();
  bob.put(queue, "x");
  EXPECT_THAT(living, Answered("x"));
}

// CPython: held for ever.
TEST_F(FailureTest, ALockOfAKilledHolderGoesOnWithANoteAndAHigherNumber) {
  const ObjectId lock = stage.create(a_lock());
  const uint64_t before = victim.acquire(lock).fencing();
  const Pending next = alice.acquire(lock);
  victim.die();
  EXPECT_THAT(next, GrantedAbandoned());
  EXPECT_GT(next.fencing(), before);
}

// CPython: lost for ever.
TEST_F(FailureTest, APermitOfAKilledHolderComesBack) {
  const ObjectId semaphore = stage.create(a_semaphore(1));
  victim.acquire(semaphore);
  const Pending next = alice.acquire(semaphore);
  victim.die();
  EXPECT_THAT(next, Done());
}

// CPython: held for ever. Which thread of a process has ended only its client can tell; until then
// it is shown with its number.
TEST_F(FailureTest, AnRLockNamesTheThreadThatHoldsIt) {
  const ObjectId lock = stage.create(an_rlock());
  victim.thread(42).acquire(lock);
  const wire::ObjectState state = stage.inspect(lock);
  ASSERT_EQ(state.holders_size(), 1);
  EXPECT_EQ(state.holders(0).client(), "victim");
  EXPECT_EQ(state.holders(0).caller(), 42u);
  victim.die();
  EXPECT_THAT(alice.acquire(lock), GrantedAbandoned());
}

// CPython: the ghost takes the notify, and with it the lock, for ever.
TEST_F(FailureTest, ANotifyGoesToALivingWaiterInPlaceOfAKilledOne) {
  const ObjectId condition = stage.create(a_condition());
  victim.acquire(condition);
  victim.wait(condition);
  alice.acquire(condition);
  const Pending living = alice.wait(condition);
  victim.die();
  bob.acquire(condition);
  bob.notify(condition);
  bob.release(condition);
  EXPECT_THAT(living, Granted());
  EXPECT_THAT(alice.release(condition), Done());
  EXPECT_THAT(bob.acquire(condition, 0ms), Granted());
}

// CPython: the one that arrives passes together with a ghost.
TEST_F(FailureTest, ABarrierWithAKilledPartyIsBrokenAndSaysByWhom) {
  const ObjectId barrier = stage.create(a_barrier(2));
  victim.wait(barrier);
  victim.die();
  EXPECT_THAT(alice.wait(barrier),
              Refused(wire::BROKEN_BARRIER, ::testing::HasSubstr("(victim) ended while waiting")));
}

}  // namespace
}  // namespace syncmanager::manager

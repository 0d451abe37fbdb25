#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class BarrierTest : public StageTest {
 protected:
  ObjectId barrier = stage.create(a_barrier(3));
  Actor alice = stage.actor({.name = "alice"});  // Session 2: the stage's own is the first.
  Actor bob = stage.actor({.name = "bob"});
  Actor carol = stage.actor({.name = "carol"});
};

TEST_F(BarrierTest, LetsAllPassWhenTheLastArrivesAndGivesEachItsPlace) {
  const Pending one = alice.wait(barrier);
  const Pending two = bob.wait(barrier);
  EXPECT_THAT(one, Parked());
  EXPECT_THAT(carol.wait(barrier), Answered(2));
  EXPECT_THAT(one, Answered(0));
  EXPECT_THAT(two, Answered(1));
}

TEST_F(BarrierTest, IsThereAgainForTheNextRound) {
  for (int round = 0; round < 3; ++round) {
    const Pending one = alice.wait(barrier);
    const Pending two = bob.wait(barrier);
    EXPECT_THAT(carol.wait(barrier), Answered(2));
    EXPECT_THAT(one, Answered(0));
    EXPECT_THAT(two, Answered(1));
  }
}

TEST_F(BarrierTest, OfOnePartyLetsItPassAtOnce) {
  EXPECT_THAT(alice.wait(stage.create(a_barrier(1)), 0ms), Answered(0));
}

TEST_F(BarrierTest, IsBrokenForAllByOneWhoTimesOut) {
  const Pending patient = alice.wait(barrier);
  const Pending hasty = bob.wait(barrier, 1s);
  stage.advance(1s);
  const char* reason = "session 3 (bob) timed out while waiting at the barrier";
  EXPECT_THAT(hasty, Refused(wire::BROKEN_BARRIER, reason));
  EXPECT_THAT(patient, Refused(wire::BROKEN_BARRIER, reason));
  EXPECT_THAT(carol.wait(barrier), Refused(wire::BROKEN_BARRIER, reason));
}

TEST_F(BarrierTest, IsBrokenByAPartyThatDies) {
  const Pending ghost = alice.wait(barrier);
  const Pending waiting = bob.wait(barrier);
  alice.die();
  EXPECT_THAT(ghost, Gone());
  EXPECT_THAT(waiting, Refused(wire::BROKEN_BARRIER,
                               "session 2 (alice) ended while waiting at the barrier"));
}

TEST_F(BarrierTest, IsBrokenByAPartyThatLeaves) {
  const Pending waiting = bob.wait(barrier);
  alice.wait(barrier);
  alice.leave();
  EXPECT_THAT(waiting, Refused(wire::BROKEN_BARRIER));
}

TEST_F(BarrierTest, IsBrokenByAPartyThatIsCancelled) {
  const Pending waiting = bob.wait(barrier);
  const Pending cancelled = alice.wait(barrier);
  cancelled.cancel();
  EXPECT_THAT(cancelled, Refused(wire::CANCELLED));
  EXPECT_THAT(waiting, Refused(wire::BROKEN_BARRIER,
                               "session 2 (alice) was cancelled while waiting at the barrier"));
}

TEST_F(BarrierTest, IsNotBrokenByASessionThatPassedAndThenDied) {
  const Pending one = alice.wait(barrier);
  bob.wait(barrier);
  carol.wait(barrier);
  EXPECT_THAT(one, Answered(0));
  alice.die();
  EXPECT_FALSE(bob.barrier(barrier).broken());
  EXPECT_THAT(bob.wait(barrier), Parked());
}

TEST_F(BarrierTest, IsBrokenByAbortUntilItIsReset) {
  const Pending waiting = alice.wait(barrier);
  EXPECT_THAT(bob.abort(barrier), Done());
  EXPECT_THAT(waiting, Refused(wire::BROKEN_BARRIER, "the barrier was aborted by session 3 (bob)"));
  EXPECT_THAT(alice.wait(barrier), Refused(wire::BROKEN_BARRIER));
  EXPECT_TRUE(bob.barrier(barrier).broken());

  EXPECT_THAT(bob.reset(barrier), Done());
  EXPECT_FALSE(bob.barrier(barrier).broken());
  EXPECT_THAT(alice.wait(barrier), Parked());
}

TEST_F(BarrierTest, ResetDismissesThoseWhoWaitAndIsUsableAtOnce) {
  const Pending waiting = alice.wait(barrier);
  bob.reset(barrier);
  EXPECT_THAT(waiting, Refused(wire::BROKEN_BARRIER));
  const Pending one = alice.wait(barrier);
  bob.wait(barrier);
  EXPECT_THAT(carol.wait(barrier), Answered(2));
  EXPECT_THAT(one, Answered(0));
}

TEST_F(BarrierTest, HasATimeoutForThoseWhoBringNone) {
  const ObjectId hasty = stage.create(a_barrier(2, 1s));
  const Pending patient = alice.wait(hasty, 10s);
  stage.advance(5s);
  EXPECT_THAT(patient, Parked());
  alice.thread(2).reset(hasty);
  const Pending waiting = bob.wait(hasty);
  stage.advance(999ms);
  EXPECT_THAT(waiting, Parked());
  stage.advance(1ms);
  EXPECT_THAT(waiting, Refused(wire::BROKEN_BARRIER));
}

TEST_F(BarrierTest, TellsHowManyWait) {
  alice.wait(barrier);
  bob.wait(barrier);
  EXPECT_EQ(carol.barrier(barrier).waiting(), 2u);
  EXPECT_EQ(carol.barrier(barrier).parties(), 3u);
}

TEST_F(BarrierTest, OfNoPartiesOrTooManyIsRefused) {
  EXPECT_THAT(alice.open(a_barrier(0)), Refused(wire::BAD_VALUE, "parties must be >= 1"));
  EXPECT_THAT(alice.open(a_barrier(-7)), Refused(wire::BAD_VALUE));
  EXPECT_THAT(alice.open(a_barrier(1'000'001)),
              Refused(wire::INVALID_ARGUMENT, "a barrier has at most 1000000 parties"));
  EXPECT_THAT(alice.open(a_barrier(2, 24h * 366)), Refused(wire::INVALID_ARGUMENT));
}

}  // namespace
}  // namespace syncmanager::manager

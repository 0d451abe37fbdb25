#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class LockTest : public StageTest {
 protected:
  ObjectId lock = stage.create(a_lock());
  Actor alice = stage.actor({.name = "alice"});
  Actor bob = stage.actor({.name = "bob"});
  Actor carol = stage.actor({.name = "carol"});
};

TEST_F(LockTest, IsHandedToWhoeverHasWaitedLongestInTheStepOfItsRelease) {
  const Pending first = alice.acquire(lock);
  const Pending second = bob.acquire(lock);
  const Pending third = carol.acquire(lock);
  EXPECT_THAT(first, Granted());
  EXPECT_THAT(second, Parked());

  EXPECT_THAT(alice.release(lock), Done());

  EXPECT_THAT(second, Granted());
  EXPECT_THAT(third, Parked());
}

TEST_F(LockTest, IsNotReentrantAsAThreadThatAsksAgainWaitsForItself) {
  EXPECT_THAT(alice.acquire(lock), Granted());
  EXPECT_THAT(alice.acquire(lock, 0ms), TimedOut());
}

// CPython: threading.Lock has no owner.
TEST_F(LockTest, MayBeReleasedByAnybody) {
  EXPECT_THAT(alice.acquire(lock), Granted());
  EXPECT_THAT(bob.release(lock), Done());
  EXPECT_THAT(carol.locked(lock), Answered(false));
}

TEST_F(LockTest, RefusesTheReleaseOfWhatNobodyHolds) {
  EXPECT_THAT(alice.release(lock), Refused(wire::REFUSED, "release unlocked lock"));
}

TEST_F(LockTest, TellsWhetherItIsLocked) {
  EXPECT_THAT(alice.locked(lock), Answered(false));
  alice.acquire(lock);
  EXPECT_THAT(bob.locked(lock), Answered(true));
}

TEST_F(LockTest, OfADeadHolderGoesToTheNextMarkedAbandonedWithAHigherNumber) {
  const Pending first = alice.acquire(lock);
  const Pending second = bob.acquire(lock);
  const uint64_t before = first.fencing();

  alice.die();

  EXPECT_THAT(second, GrantedAbandoned());
  EXPECT_GT(second.fencing(), before);
  EXPECT_THAT(bob.release(lock), Done());
  EXPECT_THAT(carol.acquire(lock), Granted());
}

TEST_F(LockTest, OfADeadHolderStaysMarkedUntilSomebodyTakesIt) {
  alice.acquire(lock);
  alice.die();
  stage.advance(1h);
  EXPECT_THAT(bob.acquire(lock), GrantedAbandoned());
}

// CPython's programs acquire in one process, let it end, and release in another.
TEST_F(LockTest, LeftHeldAtGoodbyeStaysHeldAndAnybodyMayReleaseIt) {
  alice.acquire(lock);
  alice.leave();

  const Pending waiting = bob.acquire(lock);
  EXPECT_THAT(waiting, Parked());
  EXPECT_TRUE(stage.inspect(lock).holders(0).left_behind());
  EXPECT_THAT(carol.release(lock), Done());
  EXPECT_THAT(waiting, Granted());
}

TEST_F(LockTest, MadeToBeReleasedOnExitIsGivenBackAtGoodbyeAndNotMarked) {
  const ObjectId polite = stage.create(a_lock(OnExit::kRelease));
  alice.acquire(polite);
  const Pending next = bob.acquire(polite);
  alice.leave();
  EXPECT_THAT(next, Granted());
}

TEST_F(LockTest, ReleasedByItsGrantIsReleasedByNoOther) {
  const uint64_t stale = alice.acquire(lock).fencing();
  alice.die();
  const Pending current = bob.acquire(lock);
  EXPECT_THAT(carol.release_grant(lock, stale), Refused(wire::REFUSED, "release unlocked lock"));
  EXPECT_THAT(bob.locked(lock), Answered(true));
  EXPECT_THAT(bob.release_grant(lock, current.fencing()), Done());
}

TEST_F(LockTest, ShowsWhoHoldsItAndSinceWhen) {
  const Pending grant = alice.thread(7).acquire(lock);
  stage.advance(3s);
  const Pending waiting = bob.acquire(lock);
  stage.advance(2s);

  const wire::ObjectState state = stage.inspect(lock);

  ASSERT_EQ(state.holders_size(), 1);
  EXPECT_EQ(state.holders(0).client(), "alice");
  EXPECT_EQ(state.holders(0).caller(), 7u);
  EXPECT_EQ(state.holders(0).since_us(), 5'000'000u);
  EXPECT_EQ(state.holders(0).fencing(), grant.fencing());
  ASSERT_EQ(state.waiters_size(), 1);
  EXPECT_EQ(state.waiters(0).client(), "bob");
  EXPECT_EQ(state.waiters(0).what(), "acquire");
  EXPECT_EQ(state.waiters(0).since_us(), 2'000'000u);
  EXPECT_THAT(waiting, Parked());
}

TEST_F(LockTest, PassesThroughAThousandWaitersAfterItsHolderDied) {
  alice.acquire(lock);
  std::vector<Actor> actors;
  std::vector<Pending> waiting;
  for (int i = 0; i < 1000; ++i) {
    actors.push_back(stage.actor());
    waiting.push_back(actors.back().acquire(lock));
  }
  alice.die();
  EXPECT_THAT(waiting[0], GrantedAbandoned());
  for (size_t i = 0; i + 1 < actors.size(); ++i) {
    actors[i].release(lock);
    EXPECT_THAT(waiting[i + 1], Granted());
  }
}

}  // namespace
}  // namespace syncmanager::manager

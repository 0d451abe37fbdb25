#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class SemaphoreTest : public StageTest {
 protected:
  ObjectId three = stage.create(a_semaphore(3));
  Actor alice = stage.actor({.name = "alice"});
  Actor bob = stage.actor({.name = "bob"});
  Actor carol = stage.actor({.name = "carol"});
};

TEST_F(SemaphoreTest, GivesOutItsPermitsAndTakesThemBack) {
  EXPECT_THAT(alice.acquire(three), Done());
  EXPECT_THAT(alice.acquire_permits(three, 2), Done());
  EXPECT_THAT(alice.permits(three), Answered(0));
  EXPECT_THAT(alice.release_permits(three, 3), Done());
  EXPECT_THAT(alice.permits(three), Answered(3));
}

TEST_F(SemaphoreTest, LetsNobodyWhoWantsOneOvertakeWhoWantsThree) {
  alice.acquire(three);
  const Pending large = bob.acquire_permits(three, 3);
  const Pending small = carol.acquire(three);
  EXPECT_THAT(large, Parked());
  EXPECT_THAT(small, Parked());

  alice.release(three);

  EXPECT_THAT(large, Done());
  EXPECT_THAT(small, Parked());
}

TEST_F(SemaphoreTest, ServesThoseBehindALargeOneThatGivesUp) {
  alice.acquire(three);
  const Pending large = bob.acquire_permits(three, 3, 1s);
  const Pending small = carol.acquire(three);
  stage.advance(1s);
  EXPECT_THAT(large, TimedOut());
  EXPECT_THAT(small, Done());
}

TEST_F(SemaphoreTest, ServesNobodyOfASessionThatEndsWithALargeOneInFront) {
  alice.acquire(three);
  bob.acquire_permits(three, 3);
  bob.thread(2).acquire(three);
  const Pending small = carol.acquire_permits(three, 2);
  bob.leave();
  EXPECT_THAT(small, Done());
  EXPECT_THAT(alice.permits(three), Answered(0));
}

TEST_F(SemaphoreTest, ServesAsManyAsOneReleaseIsEnoughFor) {
  alice.acquire_permits(three, 3);
  const Pending one = bob.acquire(three);
  const Pending two = carol.acquire(three);
  alice.release_permits(three, 2);
  EXPECT_THAT(one, Done());
  EXPECT_THAT(two, Done());
}

TEST_F(SemaphoreTest, GetsBackWhatADeadSessionTookAndNobodyReleased) {
  alice.acquire_permits(three, 3);
  alice.release(three);
  alice.die();
  EXPECT_THAT(bob.permits(three), Answered(3));
}

TEST_F(SemaphoreTest, CountsAReleaseByASessionWithoutPermitsForTheLongestHolder) {
  alice.acquire(three);
  bob.acquire(three);
  carol.release(three);
  EXPECT_THAT(carol.permits(three), Answered(2));
  alice.die();  // Hers is back already.
  EXPECT_THAT(carol.permits(three), Answered(2));
  bob.die();
  EXPECT_THAT(carol.permits(three), Answered(3));
}

TEST_F(SemaphoreTest, CountsAReleaseForItsOwnSessionFirst) {
  alice.acquire(three);
  bob.acquire(three);
  bob.release(three);
  alice.die();
  EXPECT_THAT(carol.permits(three), Answered(3));
}

// Producers release, consumers acquire: the sum is what was produced.
TEST_F(SemaphoreTest, KeepsItsSumWhenPermitsAreHandedAcrossSessions) {
  const ObjectId produced = stage.create(a_semaphore(0));
  alice.release_permits(produced, 5);
  bob.acquire_permits(produced, 5);
  alice.release_permits(produced, 2);
  EXPECT_THAT(alice.permits(produced), Answered(2));
  bob.die();
  EXPECT_THAT(alice.permits(produced), Answered(5));
}

TEST_F(SemaphoreTest, KeepsWhatWasLeftBehindAtGoodbyeUntilSomebodyReleasesIt) {
  alice.acquire(three);
  alice.leave();
  bob.acquire_permits(three, 2);
  bob.leave();
  const wire::ObjectState state = stage.inspect(three);
  ASSERT_EQ(state.holders_size(), 1);
  EXPECT_TRUE(state.holders(0).left_behind());
  EXPECT_EQ(state.holders(0).count(), 3u);

  const Pending waiting = carol.acquire(three);
  EXPECT_THAT(waiting, Parked());
  EXPECT_THAT(carol.thread(2).release_permits(three, 3), Done());
  EXPECT_THAT(waiting, Done());
  EXPECT_THAT(carol.permits(three), Answered(2));
}

TEST_F(SemaphoreTest, MadeToBeReleasedOnExitGetsItsPermitsBackAtGoodbye) {
  const ObjectId polite = stage.create(a_semaphore(2, OnExit::kRelease));
  alice.acquire_permits(polite, 2);
  alice.leave();
  EXPECT_THAT(bob.permits(polite), Answered(2));
}

TEST_F(SemaphoreTest, CanBeReleasedBeyondItsFirstValueUnlessItIsBounded) {
  EXPECT_THAT(alice.release(three), Done());
  EXPECT_THAT(alice.permits(three), Answered(4));

  const ObjectId bounded = stage.create(a_bounded_semaphore(1));
  EXPECT_THAT(alice.release(bounded),
              Refused(wire::BAD_VALUE, "Semaphore released too many times"));
  alice.acquire(bounded);
  EXPECT_THAT(alice.release_permits(bounded, 2),
              Refused(wire::BAD_VALUE, "Semaphore released too many times"));
  EXPECT_THAT(bob.release(bounded), Done());
}

TEST_F(SemaphoreTest, RefusesNumbersThatMakeNoSenseAndNeverWraps) {
  constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();
  constexpr int64_t kSmallest = std::numeric_limits<int64_t>::min();
  EXPECT_THAT(alice.open(a_semaphore(-1)),
              Refused(wire::BAD_VALUE, "semaphore initial value must be >= 0"));
  EXPECT_THAT(alice.open(a_semaphore(kLargest)), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(alice.release_permits(three, kLargest),
              Refused(wire::OVERFLOW_ERROR, "a semaphore has at most 2147483647 permits"));
  EXPECT_THAT(alice.release_permits(three, kSmallest),
              Refused(wire::BAD_VALUE, "n must be one or more"));
  EXPECT_THAT(alice.acquire_permits(three, kLargest), Refused(wire::BAD_VALUE));
  EXPECT_THAT(alice.acquire_permits(three, kSmallest), Refused(wire::BAD_VALUE));
  EXPECT_THAT(alice.permits(three), Answered(3));
}

TEST_F(SemaphoreTest, RefusesToWaitForMoreThanABoundedOneEverHas) {
  const ObjectId bounded = stage.create(a_bounded_semaphore(2));
  EXPECT_THAT(alice.acquire_permits(bounded, 3),
              Refused(wire::BAD_VALUE, "this semaphore never has 3 permits, but at most 2"));
}

TEST_F(SemaphoreTest, ShowsWhoHoldsHowMuch) {
  alice.acquire_permits(three, 2);
  stage.advance(1s);
  bob.acquire(three);
  const wire::ObjectState state = stage.inspect(three);
  ASSERT_EQ(state.holders_size(), 2);
  EXPECT_EQ(state.holders(0).client(), "alice");
  EXPECT_EQ(state.holders(0).count(), 2u);
  EXPECT_EQ(state.holders(0).since_us(), 1'000'000u);
  EXPECT_EQ(state.detail(), "initially 3, free 0, held 3");
}

}  // namespace
}  // namespace syncmanager::manager

#include <limits>

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class CounterTest : public StageTest {
 protected:
  ObjectId counter = stage.create(a_counter(10));
  Actor alice = stage.actor();
  Actor bob = stage.actor();
};

TEST_F(CounterTest, AnswersTheSum) {
  EXPECT_THAT(alice.count_up(counter, 5), Answered(15));
  EXPECT_THAT(bob.count_up(counter, -20), Answered(-5));
  EXPECT_THAT(alice.counted(counter), Answered(-5));
}

TEST_F(CounterTest, AWaitPassesWhenTheNumberIsThatLarge) {
  const Pending twelve = alice.wait_for(counter, 12);
  const Pending fifteen = bob.wait_for(counter, 15);
  alice.thread(2).count_up(counter, 1);
  EXPECT_THAT(twelve, Parked());
  alice.thread(2).count_up(counter, 3);
  EXPECT_THAT(twelve, Done());
  EXPECT_THAT(fifteen, Parked());
  alice.thread(2).count_up(counter, 1);
  EXPECT_THAT(fifteen, Done());
}

TEST_F(CounterTest, AWaitForASmallerNumberPassesAnEarlierWaitForALargerOne) {
  const Pending twenty = alice.wait_for(counter, 20);
  const Pending eleven = bob.wait_for(counter, 11);
  alice.thread(2).count_up(counter);
  EXPECT_THAT(eleven, Done());
  EXPECT_THAT(twenty, Parked());
}

TEST_F(CounterTest, AWaitForNoMoreThanTheNumberPassesAtOnce) {
  EXPECT_THAT(alice.wait_for(counter, 10, 0ms), Done());
  EXPECT_THAT(alice.wait_for(counter, std::numeric_limits<int64_t>::min(), 0ms), Done());
  EXPECT_THAT(alice.wait_for(counter, 11, 0ms), TimedOut());
}

TEST_F(CounterTest, AWaitThatGaveUpChangesNothingForOthers) {
  const Pending eleven = alice.wait_for(counter, 11, 10ms);
  const Pending twelve = bob.wait_for(counter, 12);
  stage.advance(10ms);
  EXPECT_THAT(eleven, TimedOut());
  alice.count_up(counter);
  EXPECT_THAT(twelve, Parked());
  alice.count_up(counter);
  EXPECT_THAT(twelve, Done());
}

TEST_F(CounterTest, ANumberThatComesDownAgainDoesNotLetAnybodyPass) {
  alice.count_up(counter, -5);
  const Pending eight = bob.wait_for(counter, 8);
  alice.count_up(counter, 2);
  EXPECT_THAT(eight, Parked());
  alice.count_up(counter, 1);
  EXPECT_THAT(eight, Done());
}

TEST_F(CounterTest, KeepsWhatADeadSessionAdded) {
  alice.count_up(counter, 2);
  alice.die();
  EXPECT_THAT(bob.counted(counter), Answered(12));
}

TEST_F(CounterTest, RefusesASumOfMoreThan64Bits) {
  const auto largest = std::numeric_limits<int64_t>::max();
  EXPECT_THAT(alice.count_up(counter, largest),
              Refused(wire::OVERFLOW_ERROR, "the sum doesn't fit into 64 bits"));
  EXPECT_THAT(alice.counted(counter), Answered(10));
  EXPECT_THAT(alice.count_up(counter, largest - 10), Answered(largest));
  EXPECT_THAT(alice.wait_for(counter, largest, 0ms), Done());
}

TEST_F(CounterTest, HasOneInitialNumber) {
  alice.open(named("progress", a_counter(3)));
  EXPECT_THAT(bob.open(named("progress", a_counter(4))), Refused(wire::WRONG_TYPE));
}

TEST_F(CounterTest, ShowsTheNumberAndTheWaitingCalls) {
  const Pending waiting = bob.wait_for(counter, 11);
  EXPECT_THAT(waiting, Parked());
  const wire::ObjectState state = stage.inspect(counter);
  EXPECT_EQ(state.detail(), "at 10, initially 10");
  EXPECT_EQ(state.waiters_size(), 1);
}

}  // namespace
}  // namespace syncmanager::manager

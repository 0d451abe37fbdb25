#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "tests/support/containers.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class QueueTest : public StageTest {
 protected:
  Actor alice = stage.actor(), bob = stage.actor(), carol = stage.actor();
  ObjectId jobs = stage.create(a_queue(1));
};

TEST_F(QueueTest, AnItemGoesToWhoeverHasWaitedLongest) {
  const Pending first = alice.get(jobs);
  const Pending second = bob.get(jobs);

  carol.put(jobs, "a");

  EXPECT_THAT(first, Answered("a"));
  EXPECT_THAT(second, Parked());
}

TEST_F(QueueTest, APutIntoAFullQueueWaitsForRoomAndKeepsItsPlace) {
  alice.put(jobs, "a");
  const Pending late = bob.put(jobs, "b");
  EXPECT_THAT(late, Parked());
  EXPECT_THAT(carol.full(jobs), Answered(true));

  EXPECT_THAT(carol.get(jobs), Answered("a"));
  EXPECT_THAT(late, Done());
  EXPECT_THAT(carol.get(jobs), Answered("b"));
}

TEST_F(QueueTest, AGetGivesUpAtItsDeadlineAndNotBefore) {
  const Pending got = alice.get(jobs, 500ms);

  stage.advance(499ms);
  EXPECT_THAT(got, Parked());
  stage.advance(1ms);
  EXPECT_THAT(got, TimedOut());
}

TEST_F(QueueTest, ASessionThatLeavesWhileWaitingTakesNoItemWithIt) {
  alice.get(jobs);
  alice.leave();

  carol.put(jobs, "a");

  EXPECT_THAT(bob.get(jobs), Answered("a"));
}

TEST_F(QueueTest, JoinWaitsUntilEveryItemPutIsToldDone) {
  alice.put(jobs, "a");
  const Pending joined = bob.join(jobs);
  carol.get(jobs);
  EXPECT_THAT(joined, Parked());

  EXPECT_THAT(carol.task_done(jobs), Done());
  EXPECT_THAT(joined, Done());
  EXPECT_THAT(carol.task_done(jobs), Refused(wire::BAD_VALUE, "task_done() called too many times"));
}

TEST_F(QueueTest, AShutdownEndsPutsAtOnceAndGetsWhenTheQueueIsEmpty) {
  alice.put(jobs, "a");
  const Pending late = bob.put(jobs, "b");

  EXPECT_THAT(carol.shut_down(jobs), Done());

  EXPECT_THAT(late, Refused(wire::SHUT_DOWN));
  EXPECT_THAT(alice.put(jobs, "c"), Refused(wire::SHUT_DOWN));
  EXPECT_THAT(alice.get(jobs), Answered("a"));
  EXPECT_THAT(alice.get(jobs), Refused(wire::SHUT_DOWN));
}

TEST_F(QueueTest, AnImmediateShutdownEmptiesTheQueueForWhoeverJoins) {
  alice.put(jobs, "a");
  const Pending joined = bob.join(jobs);

  carol.shut_down(jobs, true);

  EXPECT_THAT(joined, Done());
  EXPECT_THAT(alice.get(jobs), Refused(wire::SHUT_DOWN));
}

TEST_F(QueueTest, AnImmediateShutdownEmptiesAQueueOfAnyOrderAndIsShown) {
  for (const OpenOptions& options : {a_queue(), a_lifo_queue(), a_priority_queue()}) {
    jobs = stage.create(options);
    alice.put(jobs, "a");
    EXPECT_THAT(stage.inspect(jobs).detail(), Not(HasSubstr("shut down")));
    carol.shut_down(jobs, true);
    EXPECT_THAT(alice.size(jobs), Answered(0));
    EXPECT_THAT(alice.get(jobs), Refused(wire::SHUT_DOWN));
    EXPECT_THAT(stage.inspect(jobs).detail(), HasSubstr("shut down"));
  }
}

TEST_F(QueueTest, ANegativeBoundIsNone) {
  jobs = stage.create(a_queue(-5));
  for (int i = 0; i < 10; ++i) EXPECT_THAT(alice.put(jobs, i, 0ms), Done());
  EXPECT_THAT(alice.full(jobs), Answered(false));
  EXPECT_THAT(alice.size(jobs), Answered(10));
}

TEST_F(QueueTest, ALifoQueueGivesTheNewestFirst) {
  jobs = stage.create(a_lifo_queue());
  for (const int item : {1, 2, 3}) alice.put(jobs, item);

  for (const int item : {3, 2, 1}) EXPECT_THAT(alice.get(jobs), Answered(item));
}

TEST_F(QueueTest, APriorityQueueGivesTheSmallestFirstWhateverTheOrderOfComing) {
  jobs = stage.create(a_priority_queue());
  std::vector<int> items;
  for (int i = 0; i < 1000; ++i) items.push_back(i * 7919 % 1000);
  for (const int item : items) alice.put(jobs, item);

  std::sort(items.begin(), items.end());
  for (const int item : items) ASSERT_THAT(alice.get(jobs), Answered(item));
}

TEST_F(QueueTest, OfEqualItemsInAPriorityQueueTheFirstToComeIsTheFirstToGo) {
  jobs = stage.create(a_priority_queue());
  const std::vector<Raw> equals = {{encoded(1)}, {encoded(1.0)}, {encoded(true)}, {encoded(1)}};
  alice.put(jobs, 2);
  for (const Raw& item : equals) alice.put(jobs, item);
  alice.put(jobs, 0);

  EXPECT_THAT(alice.get(jobs), Answered(0));
  for (const Raw& item : equals) EXPECT_THAT(alice.get(jobs), Answered(item));
  EXPECT_THAT(alice.get(jobs), Answered(2));
}

TEST_F(QueueTest, APriorityQueueRefusesWhatCannotBeCompared) {
  jobs = stage.create(a_priority_queue());
  EXPECT_THAT(alice.put(jobs, tuple_of(1, "low")), Done());

  EXPECT_THAT(alice.put(jobs, "text"),
              Refused(wire::BAD_TYPE, "'<' not supported between instances of 'str' and 'tuple'"));
  EXPECT_THAT(alice.put(jobs, tuple_of(1, 5)),
              Refused(wire::BAD_TYPE, "'<' not supported between instances of 'int' and 'str'"));
  EXPECT_THAT(alice.put(jobs, tuple_of(0, 5)), Done());

  EXPECT_THAT(alice.size(jobs), Answered(2));
  EXPECT_THAT(alice.get(jobs), Answered(tuple_of(0, 5)));
}

TEST_F(QueueTest, NothingIsLostInAPriorityQueueWithoutAnOrder) {
  jobs = stage.create(a_priority_queue());
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(alice.put(jobs, i % 3 == 0 ? std::nan("") : 50.0 - i), Done());
  }
  for (int i = 0; i < 50; ++i) EXPECT_THAT(alice.get(jobs, 0ms), Served());
  EXPECT_THAT(alice.get(jobs, 0ms), TimedOut());
}

}  // namespace
}  // namespace syncmanager::manager

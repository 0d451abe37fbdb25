// The checker on histories written by hand: what it must accept, and what it must refuse.

#include "tests/linearizability/checker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/linearizability/written.h"

namespace syncmanager::linearizability {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr SharedObject kValue = {.kind = ObjectKind::kValue, .number = 1};
constexpr SharedObject kQueue = {.kind = ObjectKind::kQueue, .number = 1};
constexpr SharedObject kLock = {.kind = ObjectKind::kLock, .number = 1};
constexpr SharedObject kSemaphore = {.kind = ObjectKind::kSemaphore, .number = 1, .bound = 2};
constexpr SharedObject kEvent = {.kind = ObjectKind::kEvent, .number = 1};
constexpr SharedObject kList = {.kind = ObjectKind::kList, .number = 1};

constexpr Answer kUnknown = {Outcome::kUnknown};

Operation get(Answer answer, Span span) { return call(1, kValue, Verb::kGet, 0, answer, span); }
Operation set(int64_t value, Answer answer, Span span) {
  return call(2, kValue, Verb::kSet, value, answer, span);
}
Operation take(Answer answer, Span span) { return call(1, kQueue, Verb::kGet, 0, answer, span); }
Operation put(int64_t item, Answer answer, Span span) {
  return call(2, kQueue, Verb::kPut, item, answer, span);
}

constexpr uint64_t kNever = Operation::kNever;

TEST(CheckerTest, AcceptsNothing) { EXPECT_TRUE(right({})); }

TEST(CheckerTest, LetsOverlappingCallsHappenInEitherOrder) {
  EXPECT_TRUE(right({set(1, kDone, {1, 4}), get(number(0), {2, 3})}));
  EXPECT_TRUE(right({set(1, kDone, {1, 4}), get(number(1), {2, 3})}));
  EXPECT_TRUE(wrong({set(1, kDone, {1, 2}), get(number(0), {3, 4})}));
}

TEST(CheckerTest, RefusesAReadThatGoesBack) {
  EXPECT_TRUE(wrong({set(1, kDone, {1, 9}), get(number(1), {2, 3}), get(number(0), {4, 5})}));
}

TEST(CheckerTest, LetsAnUnknownCallHappenLateOrNever) {
  EXPECT_TRUE(right({set(1, kUnknown, {1, kNever}), get(number(0), {2, 3})}));
  EXPECT_TRUE(
      right({set(1, kUnknown, {1, kNever}), get(number(0), {2, 3}), get(number(1), {4, 5})}));
  EXPECT_TRUE(
      wrong({set(1, kUnknown, {1, kNever}), get(number(1), {2, 3}), get(number(0), {4, 5})}));
}

TEST(CheckerTest, EndsWhatIsUnknownWithItsSession) {
  const Operation unknown = set(1, kUnknown, {1, 4});
  EXPECT_TRUE(right({unknown, get(number(0), {2, 3}), get(number(0), {5, 6})}));
  EXPECT_TRUE(wrong({unknown, get(number(0), {5, 6}), get(number(1), {7, 8})}));
}

TEST(CheckerTest, RefusesACancelledCallThatHappened) {
  EXPECT_TRUE(wrong({set(1, kCancelled, {1, 2}), get(number(1), {3, 4})}));
}

TEST(CheckerTest, HoldsAQueueToItsOrder) {
  const History puts = {put(1, kDone, {1, 2}), put(2, kDone, {3, 4})};
  History history = puts;
  history.push_back(take(number(1), {5, 6}));
  history.push_back(take(number(2), {7, 8}));
  EXPECT_TRUE(right(history));
  std::swap(history[2].answer, history[3].answer);
  EXPECT_TRUE(wrong(history));
  std::swap(history[0].returned, history[1].returned);  // Puts that overlap.
  history[0].returned = 4;
  history[1].returned = 5;
  history[1].invoked = 2;
  EXPECT_TRUE(right(history));
}

TEST(CheckerTest, GrantsABlockedGetWhenItsItemComes) {
  EXPECT_TRUE(right({take(number(1), {1, 6}), take(kTimedOut, {2, 3}), put(1, kDone, {4, 5})}));
}

TEST(CheckerTest, RefusesATimeoutThoughThereWasAnItem) {
  EXPECT_TRUE(wrong({put(1, kDone, {1, 2}), take(kTimedOut, {3, 4}), take(number(1), {5, 6})}));
}

TEST(CheckerTest, RefusesAWakeUpThatWasLost) {
  EXPECT_TRUE(right({take(kWaits, {1, 9})}));
  EXPECT_TRUE(wrong({take(kWaits, {1, 9}), put(1, kDone, {2, 3})}));
  // Unless the one whose answer is unknown has the item.
  EXPECT_TRUE(right({take(kWaits, {1, 9}), put(1, kDone, {2, 3}), take(kUnknown, {4, kNever})}));
}

TEST(CheckerTest, RefusesALockThatTwoHold) {
  const auto acquire = [](uint32_t client, Span span) {
    return call(client, kLock, Verb::kAcquire, 0, kDone, span);
  };
  EXPECT_TRUE(wrong({acquire(1, {1, 2}), acquire(2, {3, 4})}));
  EXPECT_TRUE(right(
      {acquire(1, {1, 2}), call(1, kLock, Verb::kDies, 0, kDone, {3, 3}), acquire(2, {4, 5})}));
  EXPECT_TRUE(wrong(
      {acquire(1, {1, 2}), call(1, kLock, Verb::kLeaves, 0, kDone, {3, 3}), acquire(2, {4, 5})}));
}

TEST(CheckerTest, CountsPermits) {
  const auto acquire = [](uint32_t client, Answer answer, Span span) {
    return call(client, kSemaphore, Verb::kAcquire, 0, answer, span);
  };
  History history = {acquire(1, kDone, {1, 2}), acquire(1, kDone, {3, 4}),
                     acquire(2, kTimedOut, {5, 6})};
  EXPECT_TRUE(right(history));
  history[2].answer = kDone;
  EXPECT_TRUE(wrong(history));
  history.push_back(call(1, kSemaphore, Verb::kDies, 0, kDone, {4, 5}));
  history.push_back(acquire(3, kDone, {7, 8}));
  EXPECT_TRUE(right(partitions(history).front()));
}

TEST(CheckerTest, LetsAWaitReturnAtTheSetThatWasClearedAtOnce) {
  const auto event = [](Verb verb, Span span) { return call(1, kEvent, verb, 0, kDone, span); };
  EXPECT_TRUE(
      right({event(Verb::kWait, {1, 6}), event(Verb::kSet, {2, 3}), event(Verb::kClear, {4, 5})}));
  EXPECT_TRUE(
      wrong({event(Verb::kSet, {1, 2}), event(Verb::kClear, {3, 4}), event(Verb::kWait, {5, 6})}));
}

TEST(CheckerTest, TakesAListFromItsEnd) {
  const auto pop = [](int64_t value, Span span) {
    return call(1, kList, Verb::kPop, 0, number(value), span);
  };
  const auto append = [](int64_t value, Span span) {
    return call(2, kList, Verb::kAppend, value, kDone, span);
  };
  EXPECT_TRUE(right({append(1, {1, 2}), append(2, {3, 4}), pop(2, {5, 6}), pop(1, {7, 8})}));
  EXPECT_TRUE(wrong({append(1, {1, 2}), append(2, {3, 4}), pop(1, {5, 6}), pop(2, {7, 8})}));
}

TEST(CheckerTest, ShowsTheLeastThatIsWrong) {
  const History history = {set(1, kDone, {1, 2}), get(number(1), {3, 4}), get(number(0), {5, 6}),
                           set(2, kDone, {5, 8}), get(number(2), {9, 10})};
  const History smallest = smallest_violation(history);
  EXPECT_THAT(smallest, SizeIs(3));
  EXPECT_THAT(to_text(smallest), HasSubstr("client 1: value 1: get() -> 0 [5, 6]"));
  EXPECT_THAT(to_text(smallest), HasSubstr("set(2) -> unknown [5, never]"));
}

TEST(CheckerTest, LooksAtEachKeyAlone) {
  SharedObject first = {.kind = ObjectKind::kEntry, .number = 1, .key = 0}, second = first;
  second.key = 1;
  const History history = {call(1, first, Verb::kSet, 7, kDone, {3, 4}),
                           call(1, second, Verb::kGet, 0, {Outcome::kMissing}, {5, 6}),
                           call(1, first, Verb::kGet, 0, {Outcome::kMissing}, {1, 2})};
  const std::vector<History> parts = partitions(history);
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_TRUE(right(parts[0]));
  EXPECT_TRUE(right(parts[1]));
}

}  // namespace
}  // namespace syncmanager::linearizability

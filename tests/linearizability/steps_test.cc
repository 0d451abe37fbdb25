// The checker on calls that have more than one step: what they do while they wait, and what comes
// of it.

#include "tests/linearizability/steps.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/linearizability/written.h"

namespace syncmanager::linearizability {
namespace {

constexpr SharedObject kRLock = {.kind = ObjectKind::kRLock, .number = 1};
constexpr SharedObject kCondition = {.kind = ObjectKind::kCondition, .number = 1};
constexpr SharedObject kBarrier = {.kind = ObjectKind::kBarrier, .number = 1, .bound = 2};
constexpr SharedObject kRWLock = {.kind = ObjectKind::kRWLock, .number = 1};
constexpr SharedObject kDict = {.kind = ObjectKind::kDict, .number = 1};

constexpr Answer kInVain = {Outcome::kDone, 1};  // Of a condition's wait.
constexpr Answer kRefused = {Outcome::kRefused};

Operation call(uint32_t client, const SharedObject& object, Verb verb, Answer answer, Span span) {
  return call(client, object, verb, verb == Verb::kNotify ? 1 : 0, answer, span);
}
Operation impatient(Operation call) {
  call.has_timeout = true;
  return call;
}

TEST(StepsTest, LetsTheOwnerOfAnRLockHoldItAgain) {
  const auto ask = [](uint32_t client, Verb verb, Answer answer, Span span) {
    return call(client, kRLock, verb, answer, span);
  };
  History history = {ask(1, Verb::kAcquire, kDone, {1, 2}), ask(1, Verb::kAcquire, kDone, {3, 4}),
                     ask(1, Verb::kRelease, kDone, {5, 6}),
                     ask(2, Verb::kAcquire, kTimedOut, {7, 8})};
  EXPECT_TRUE(right(history));
  history[3].answer = kDone;
  EXPECT_TRUE(wrong(history));
  history[2].client = 2;
  EXPECT_TRUE(wrong(history));
}

// Client 1 waits at the condition from 3 to `back`, and meanwhile client 2 holds its lock.
History wait_and(Answer answer, uint64_t back, Verb meanwhile) {
  return {call(1, kCondition, Verb::kAcquire, kDone, {1, 2}),
          call(1, kCondition, Verb::kWait, answer, {3, back}),
          call(2, kCondition, Verb::kAcquire, kDone, {4, 5}),
          call(2, kCondition, meanwhile, kDone, {6, 7}),
          call(2, kCondition, Verb::kRelease, kDone, {8, 9})};
}

TEST(StepsTest, WakesWhoWaitsByANotifyAndNothingElse) {
  EXPECT_TRUE(right(wait_and(kDone, 12, Verb::kNotify)));
  EXPECT_TRUE(right(wait_and(kDone, 12, Verb::kNotifyAll)));
  History history = wait_and(kDone, 12, Verb::kNotify);
  history.erase(history.begin() + 3);
  EXPECT_TRUE(wrong(history));
  history[1].answer = kInVain;
  EXPECT_TRUE(right(history));
}

TEST(StepsTest, LetsNobodyComeBackWhileAnotherHoldsTheLock) {
  EXPECT_TRUE(wrong(wait_and(kDone, 7, Verb::kNotify)));
}

TEST(StepsTest, RefusesANotifyThatWokeNobody) {
  EXPECT_TRUE(wrong(wait_and(kWaits, 20, Verb::kNotify)));
  History history = wait_and(kWaits, 20, Verb::kNotify);
  history.erase(history.begin() + 3);
  EXPECT_TRUE(right(history));
}

// Clients 1 and 3 wait, client 2 notifies them, and both say that they were.
History two_wait_and(Verb notify) {
  return {call(1, kCondition, Verb::kAcquire, kDone, {1, 2}),
          call(1, kCondition, Verb::kWait, kDone, {3, 14}),
          call(3, kCondition, Verb::kAcquire, kDone, {4, 5}),
          call(3, kCondition, Verb::kWait, kDone, {6, 17}),
          call(2, kCondition, Verb::kAcquire, kDone, {7, 8}),
          call(2, kCondition, notify, kDone, {9, 10}),
          call(2, kCondition, Verb::kRelease, kDone, {11, 12}),
          call(1, kCondition, Verb::kRelease, kDone, {15, 16})};
}

TEST(StepsTest, WakesAsManyAsWereNotified) {
  EXPECT_TRUE(right(two_wait_and(Verb::kNotifyAll)));
  EXPECT_TRUE(wrong(two_wait_and(Verb::kNotify)));
}

TEST(StepsTest, PassesABarrierTogether) {
  const auto wait = [](uint32_t client, Answer answer, Span span) {
    return call(client, kBarrier, Verb::kWait, answer, span);
  };
  EXPECT_TRUE(right({wait(1, number(0), {1, 5}), wait(2, number(1), {2, 3})}));
  EXPECT_TRUE(wrong({wait(1, number(0), {1, 5}), wait(2, number(0), {2, 3})}));
  EXPECT_TRUE(wrong({wait(1, number(0), {1, 2}), wait(2, number(1), {3, 4})}));
  EXPECT_TRUE(wrong({wait(1, kWaits, {1, 9}), wait(2, kWaits, {2, 9})}));
}

TEST(StepsTest, BreaksABarrierForAReason) {
  const Operation party = call(1, kBarrier, Verb::kWait, kRefused, {1, 4});
  const auto broken = [](int64_t is, Span span) {
    return call(2, kBarrier, Verb::kIsSet, number(is), span);
  };
  EXPECT_TRUE(wrong({party}));
  EXPECT_TRUE(right({impatient(party), broken(1, {5, 6})}));
  EXPECT_TRUE(wrong({impatient(party), broken(0, {5, 6})}));
  EXPECT_TRUE(right({party, call(2, kBarrier, Verb::kAbort, kDone, {2, 3}), broken(1, {5, 6})}));
  EXPECT_TRUE(right({party, call(2, kBarrier, Verb::kReset, kDone, {2, 3}), broken(0, {5, 6})}));
  Operation cancelled = party;
  cancelled.answer = kCancelled;
  EXPECT_TRUE(right({cancelled, broken(1, {5, 6})}));
}

TEST(StepsTest, BreaksABarrierWhenAPartyDies) {
  const auto wait = [](uint32_t client, Answer answer, Span span) {
    return call(client, kBarrier, Verb::kWait, answer, span);
  };
  const Operation death = call(1, kBarrier, Verb::kDies, kDone, {3, 3});
  Operation dead = wait(1, {Outcome::kUnknown}, {1, 2});
  EXPECT_TRUE(right({dead, death, call(2, kBarrier, Verb::kIsSet, number(1), {4, 5})}));
  EXPECT_TRUE(right({dead, death, wait(2, kWaits, {4, 5})})) << "it may not have come so far";
  EXPECT_TRUE(wrong({dead, death, wait(2, number(1), {4, 5})})) << "it passed with a ghost";
}

TEST(StepsTest, LetsAReaderStandBehindAWriterThatWaits) {
  const auto ask = [](uint32_t client, Verb verb, Answer answer, Span span) {
    return call(client, kRWLock, verb, answer, span);
  };
  History history = {ask(1, Verb::kAcquireRead, kDone, {1, 2}),
                     ask(3, Verb::kAcquireRead, kTimedOut, {5, 6})};
  EXPECT_TRUE(wrong(history));
  history.insert(history.begin() + 1, ask(2, Verb::kAcquire, kTimedOut, {3, 9}));
  EXPECT_TRUE(right(history));
  history[1].returned = 4;
  EXPECT_TRUE(wrong(history)) << "it has gone";
}

TEST(StepsTest, KeepsTheOrderOfADict) {
  const auto set = [](int64_t key, int64_t value, Span span) {
    Operation operation = call(1, kDict, Verb::kSet, kDone, span);
    operation.first = key;
    operation.second = value;
    return operation;
  };
  const auto items = [](const std::array<int64_t, 4>& numbers, Span span) {
    return call(2, kDict, Verb::kItems, number(as_one(numbers)), span);
  };
  const History sets = {set(1, 5, {1, 2}), set(0, 6, {3, 4}), set(1, 4, {5, 6})};
  History history = sets;
  history.push_back(items({1, 4, 0, 6}, {7, 8}));
  EXPECT_TRUE(right(history));
  history.back() = items({0, 6, 1, 4}, {7, 8});
  EXPECT_TRUE(wrong(history));
}

}  // namespace
}  // namespace syncmanager::linearizability

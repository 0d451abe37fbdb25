// When it pays to look for the next event without sleeping.

#include "manager/transport/spinner.h"

#include <gtest/gtest.h>

namespace syncmanager::manager {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::microseconds kLongest = 50us;
constexpr std::chrono::microseconds kSleep = 0us;

class SpinnerTest : public testing::Test {
 protected:
  // A frame of each of `sessions` sessions comes.
  void active(int sessions) {
    for (int i = 0; i < sessions; ++i) spinner_.active(marks_[i], now_);
  }
  // Spins are not met until it sleeps.
  void disappoint() {
    while (spinner_.patience(now_) != kSleep) spinner_.learn(false);
  }

  Spinner spinner_{kLongest, 4};
  Spinner::Mark marks_[4];
  Spinner::Monotonic now_{1h};
};

TEST_F(SpinnerTest, SleepsWhenNobodyIsThere) { EXPECT_EQ(spinner_.patience(now_), kSleep); }

TEST_F(SpinnerTest, SpinsWhileSomebodyIsActiveAndSleepsAMillisecondLater) {
  active(1);
  EXPECT_EQ(spinner_.patience(now_), kLongest);
  EXPECT_EQ(spinner_.patience(now_ + 1ms), kLongest);
  EXPECT_EQ(spinner_.patience(now_ + 2ms), kSleep);
}

TEST_F(SpinnerTest, LeavesTheCoresToSessionsThatNeedThem) {
  active(3);
  EXPECT_EQ(spinner_.patience(now_), kLongest);
  active(4);
  EXPECT_EQ(spinner_.patience(now_), kSleep);
}

TEST_F(SpinnerTest, ASessionCountsOnceHoweverManyFramesItSends) {
  for (int frame = 0; frame < 10; ++frame) active(1);
  EXPECT_EQ(spinner_.patience(now_), kLongest);
}

TEST_F(SpinnerTest, StopsWhenSpinsAreNotMetAndTriesAgainNowAndThen) {
  active(1);
  disappoint();
  int slept = 1;
  while (spinner_.patience(now_) == kSleep) ++slept;
  EXPECT_EQ(slept, 31);
  EXPECT_EQ(spinner_.patience(now_), kSleep);
}

TEST_F(SpinnerTest, OneSpinThatIsMetPaysForFourThatAreNot) {
  active(1);
  disappoint();
  spinner_.learn(true);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(spinner_.patience(now_), kLongest);
    spinner_.learn(false);
  }
  EXPECT_EQ(spinner_.patience(now_), kSleep);
}

TEST_F(SpinnerTest, EventsThatAreMetAreNoReasonToSpinAfterTheCoreWasLost) {
  spinner_.yielded(now_, now_ + 3ms);
  spinner_.learn(true);
  now_ += 4ms;
  active(1);
  EXPECT_EQ(spinner_.patience(now_), kSleep);
  now_ += 10ms;
  active(1);
  EXPECT_EQ(spinner_.patience(now_), kLongest);
}

TEST_F(SpinnerTest, ALongestSpinOfNothingIsNone) {
  Spinner never(kSleep, 4);
  never.active(marks_[0], now_);
  EXPECT_EQ(never.patience(now_), kSleep);
}

}  // namespace
}  // namespace syncmanager::manager

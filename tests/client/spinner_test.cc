// When a waiting thread looks for its answer before it sleeps.

#include "client/cpp/src/session/spinner.h"

#include <gtest/gtest.h>

#include <thread>

namespace syncmanager {
namespace {

using namespace std::chrono_literals;

class SpinnerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::thread::hardware_concurrency() < 2) GTEST_SKIP() << "one core is never spun on";
  }
  bool spins() { return spinner_.worth_it(0, now_); }
  // How many waits sleep before one spins.
  int sleeps() {
    int sleeps = 0;
    while (!spins()) ++sleeps;
    return sleeps;
  }

  Spinner spinner_{50us};
  Spinner::Monotonic now_{1h};
};

TEST_F(SpinnerTest, SpinsWhileAnswersComeSoon) {
  EXPECT_TRUE(spins());
  spinner_.came();
  EXPECT_TRUE(spins());
}

TEST_F(SpinnerTest, EachLateAnswerDoublesTheWaitsThatSleepUntilOneComesSoon) {
  for (const int expected : {1, 2, 4, 8}) {
    spinner_.came_late();
    EXPECT_EQ(sleeps(), expected);
  }
  for (int i = 0; i < 10; ++i) spinner_.came_late();
  EXPECT_EQ(sleeps(), 256);
  spinner_.came();
  EXPECT_EQ(sleeps(), 0);
}

TEST_F(SpinnerTest, LeavesTheCoresToTheThreadsThatWait) {
  EXPECT_FALSE(spinner_.worth_it(std::thread::hardware_concurrency(), now_));
}

TEST_F(SpinnerTest, AnAnswerIsNoReasonToSpinAgainAfterTheCoreWasLost) {
  spinner_.yielded(now_, now_ + 3ms);
  spinner_.came();
  now_ += 3ms;
  EXPECT_FALSE(spins());
  now_ += 10ms;
  EXPECT_TRUE(spins());
}

TEST_F(SpinnerTest, ALongestSpinOfNothingIsNone) {
  EXPECT_FALSE(Spinner(0us).worth_it(0, now_));
}

}  // namespace
}  // namespace syncmanager

// Engine time, and what isn't counted as time.

#include "manager/transport/pauseless_clock.h"

#include <gtest/gtest.h>

namespace syncmanager::manager {
namespace {

using namespace std::chrono_literals;

constexpr PauselessClock::Monotonic kStart{1h};

TEST(PauselessClockTest, BeginsAtZeroAndStandsBetweenLooks) {
  PauselessClock clock(kStart);
  EXPECT_EQ(clock.now(), Time{});
  EXPECT_EQ(clock.look(kStart + 500ms), std::nullopt);
  EXPECT_EQ(clock.now(), Time{500ms});
}

TEST(PauselessClockTest, AGapOfThreeSecondsIsTime) {
  PauselessClock clock(kStart);
  EXPECT_EQ(clock.look(kStart + 3s), std::nullopt);
  EXPECT_EQ(clock.now(), Time{3s});
}

TEST(PauselessClockTest, ALongerGapIsAPauseAndNoTimeAtAll) {
  PauselessClock clock(kStart);
  clock.look(kStart + 1s);
  EXPECT_EQ(clock.look(kStart + 1s + 3001ms), 3001ms);
  EXPECT_EQ(clock.now(), Time{1s});
  EXPECT_EQ(clock.look(kStart + 1s + 3001ms + 1s), std::nullopt);
  EXPECT_EQ(clock.now(), Time{2s});
}

TEST(PauselessClockTest, PausesAddUp) {
  PauselessClock clock(kStart);
  EXPECT_EQ(clock.look(kStart + 10s), 10s);
  EXPECT_EQ(clock.look(kStart + 30s), 20s);
  EXPECT_EQ(clock.now(), Time{});
}

TEST(PauselessClockTest, ADeadlineMovesOnByThePauseBeforeIt) {
  PauselessClock clock(kStart);
  EXPECT_EQ(clock.when(Time{5s}), kStart + 5s);
  clock.look(kStart + 1min);
  EXPECT_EQ(clock.when(Time{5s}), kStart + 1min + 5s);
}

}  // namespace
}  // namespace syncmanager::manager

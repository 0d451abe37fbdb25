// How long nobody spins after a yield that cost the core.

#include "protos/support/core_contention.h"

#include <gtest/gtest.h>

namespace syncmanager {
namespace {

using namespace std::chrono_literals;

class CrowdingTest : public testing::Test {
 protected:
  // The core comes back after so long.
  void yield_for(std::chrono::microseconds time) {
    const CoreContention::Monotonic from = now_;
    now_ += time;
    contention_.yielded(from, now_);
  }
  // A yield that another program answers with a time slice of its own, at the end of each rest.
  void lose_core(int times) {
    for (int i = 0; i < times; ++i) {
      yield_for(3ms);
      while (contention_.lasts(now_)) now_ += 1ms;
    }
  }
  // How long nobody spins if the core is lost now.
  std::chrono::milliseconds rest() {
    yield_for(3ms);
    std::chrono::milliseconds rest = 0ms;
    for (; contention_.lasts(now_); now_ += 1ms) rest += 1ms;
    return rest;
  }
  void meet(int spins) {
    for (int i = 0; i < spins; ++i) contention_.met();
  }

  CoreContention contention_;
  CoreContention::Monotonic now_{1h};
};

TEST_F(CrowdingTest, NothingIsKnownAtFirst) { EXPECT_FALSE(contention_.lasts(now_)); }

TEST_F(CrowdingTest, AYieldThatReturnsSoonIsNoReasonToRest) {
  yield_for(1us);
  yield_for(499us);
  EXPECT_FALSE(contention_.lasts(now_));
}

TEST_F(CrowdingTest, ALostCoreIsFollowedByARest) {
  yield_for(500us);
  EXPECT_TRUE(contention_.lasts(now_));
  EXPECT_TRUE(contention_.lasts(now_ + 9ms));
  EXPECT_FALSE(contention_.lasts(now_ + 10ms));
}

TEST_F(CrowdingTest, EachRestIsTwiceAsLongUpToTwoSeconds) {
  EXPECT_EQ(rest(), 10ms);
  EXPECT_EQ(rest(), 20ms);
  EXPECT_EQ(rest(), 40ms);
  lose_core(5);
  EXPECT_EQ(rest(), 2s);
  EXPECT_EQ(rest(), 2s);
}

TEST_F(CrowdingTest, TimeAloneForgivesNothing) {
  lose_core(3);
  now_ += 24h;
  EXPECT_EQ(rest(), 80ms);
}

TEST_F(CrowdingTest, SpinsThatAreMetMakeTheNextRestShorter) {
  lose_core(4);
  meet(255);
  EXPECT_EQ(rest(), 160ms);
  meet(256);
  EXPECT_EQ(rest(), 160ms);
  meet(5 * 256);
  EXPECT_EQ(rest(), 10ms);
}

}  // namespace
}  // namespace syncmanager

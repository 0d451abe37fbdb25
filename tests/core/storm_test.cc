// The storm of tests/support from fixed seeds, so that a failure comes back with its number.
#include "tests/support/storm.h"

namespace syncmanager::manager {
namespace {

class StormTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(StormTest, LeavesNothingBehindAndEveryFigureRight) {
  SeededDice dice(GetParam());
  Storm storm(dice);
  for (int step = 0; step < 10'000 && !HasFailure(); ++step) {
    SCOPED_TRACE(step);
    storm.step();
    storm.check();
  }
  if (GetParam() % 4 == 0) storm.drain(100);
}

INSTANTIATE_TEST_SUITE_P(Seeds, StormTest, ::testing::Range<uint64_t>(1, 21));

}  // namespace
}  // namespace syncmanager::manager

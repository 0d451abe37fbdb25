// The random workload from fixed seeds, so that a failure can be repeated by its seed.
#include "tests/support/random_workload.h"

namespace syncmanager::manager {
namespace {

class RandomWorkloadTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomWorkloadTest, LeavesNothingBehindAndEveryFigureRight) {
  SeededDice dice(GetParam());
  RandomWorkload workload(dice);
  for (int step = 0; step < 10'000 && !HasFailure(); ++step) {
    SCOPED_TRACE(step);
    workload.step();
    workload.check();
  }
  if (GetParam() % 4 == 0) workload.drain(100);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomWorkloadTest, ::testing::Range<uint64_t>(1, 21));

}  // namespace
}  // namespace syncmanager::manager

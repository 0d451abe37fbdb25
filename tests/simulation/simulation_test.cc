// A slice of what the command runs: the seeds are fixed, so a failure comes back with its number.
#include <gtest/gtest.h>

#include "tests/simulation/simulate.h"

namespace syncmanager::manager::simulation {
namespace {

class SimulationTest : public testing::TestWithParam<uint64_t> {};

TEST_P(SimulationTest, KeepsEveryPromiseWhateverHappens) {
  const Program program = random_program(GetParam(), 10'000);
  Figures figures;
  const std::optional<Failure> failure = run(program, figures);
  EXPECT_FALSE(failure) << to_text(shrunk(program)) << failure->violation;
}

TEST_P(SimulationTest, IsTheSameWorldAgain) {
  const Program program = random_program(GetParam(), 1'000);
  Figures once, again;
  run(program, once);
  run(program, again);
  EXPECT_EQ(once, again);
  EXPECT_GT(once.inputs, 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SimulationTest, testing::Range<uint64_t>(1, 21));

}  // namespace
}  // namespace syncmanager::manager::simulation

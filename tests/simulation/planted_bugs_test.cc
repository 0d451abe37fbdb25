// Bugs that a world must show, and in few steps: a simulator that finds nothing proves nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/kinds.h"
#include "tests/simulation/planted_bugs.h"
#include "tests/simulation/simulate.h"

namespace syncmanager::manager::simulation {
namespace {

constexpr uint64_t kSeeds = 20;
constexpr size_t kFewSteps = 12;

Program program_for(const PlantedBug& bug, uint64_t seed) {
  Program program = random_program(seed, 2'000);
  program.kinds = {kind_named(bug.kind)};
  return program;
}

// The program of the first seed that shows the bug.
std::optional<Program> showing(const PlantedBug& bug) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Program program = program_for(bug, seed);
    Figures figures;
    if (run(program, figures, bug.flaw)) return program;
  }
  return std::nullopt;
}

class PlantedBugTest : public testing::TestWithParam<PlantedBug> {};

TEST_P(PlantedBugTest, IsFoundAndShrinksToAFewStepsThatTheBugIsNeededFor) {
  const std::optional<Program> program = showing(GetParam());
  ASSERT_TRUE(program) << "no seed shows it";
  const Program least = shrunk(*program, GetParam().flaw);
  Figures figures;
  const std::optional<Failure> failure = run(least, figures, GetParam().flaw);
  ASSERT_TRUE(failure);
  EXPECT_THAT(failure->violation, testing::HasSubstr(GetParam().shows));
  EXPECT_FALSE(run(least, figures));
  EXPECT_LE(least.steps.size(), kFewSteps) << to_text(least);
}

INSTANTIATE_TEST_SUITE_P(Bugs, PlantedBugTest, testing::ValuesIn(planted_bugs()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace syncmanager::manager::simulation

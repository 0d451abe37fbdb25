// Bugs that the checker must find: a checker that finds nothing proves nothing.

#include <gtest/gtest.h>

#include "tests/linearizability/checker.h"
#include "tests/linearizability/planted_bugs.h"

namespace syncmanager::linearizability {
namespace {

constexpr uint64_t kSeeds = 20;

bool is_found(const PlantedBug& bug, uint64_t seed) {
  for (const History& object : partitions(record_core_history(seed, bug.kind, bug.plant))) {
    if (check(object) == Verdict::kViolation) return true;
  }
  return false;
}

class PlantedBugTest : public testing::TestWithParam<PlantedBug> {};

TEST_P(PlantedBugTest, IsFoundInTheHistoryOfSomeSeed) {
  uint64_t seed = 1;
  while (seed <= kSeeds && !is_found(GetParam(), seed)) ++seed;
  EXPECT_LE(seed, kSeeds) << "no history shows it";
}

INSTANTIATE_TEST_SUITE_P(Bugs, PlantedBugTest, testing::ValuesIn(planted_bugs()),
                         [](const auto& test) { return test.param.name; });

// The histories are right without bugs, and with a bug that does nothing.
TEST(UnplantedTest, NoHistoryOfTheseSeedsIsRefused) {
  const PlantBug harmless = [](CoreManager& manager) {
    manager.interference.on_request = [](SessionNumber, wire::Request&) { return true; };
  };
  for (const PlantedBug& bug : planted_bugs()) {
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      EXPECT_FALSE(is_found({.name = {}, .kind = bug.kind, .plant = nullptr}, seed)) << seed;
      EXPECT_FALSE(is_found({.name = {}, .kind = bug.kind, .plant = harmless}, seed)) << seed;
    }
  }
}

}  // namespace
}  // namespace syncmanager::linearizability

#include "tools/bench/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tools/bench/family.h"
#include "tools/bench/report.h"

namespace syncmanager::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Setup kOurs{System::kOurs, Transport::kUnix};
constexpr Setup kRedis{System::kRedis, Transport::kUnix};

Row row_of(Unit unit, const std::string& figure, Goal goal = {}) {
  return {"section",
          "section: row, against Redis",
          unit,
          {kOurs, {.name = "1 process"}, figure},
          Source{kRedis, {.name = "1 process"}, figure},
          "Redis",
          goal};
}

// Answers each visit to a system with the system's next figure.
struct Script {
  std::vector<double> ours, redis;
  std::string figure = "ops";
  size_t visits_of_ours = 0, visits_of_redis = 0;

  Measure measure() {
    return [this](const bench::Setup& setup, const Scenario&) -> Sample {
      const bool is_ours = setup.system == System::kOurs;
      const double next = is_ours ? ours.at(visits_of_ours++) : redis.at(visits_of_redis++);
      return {{figure, next}};
    };
  }
};

Findings run_quietly(const Row& row, const Measure& measure, const Effort& effort) {
  return run({row}, measure, effort, [](size_t, size_t, const std::string&) {});
}

TEST(Run, ComparesTheFiguresOfOneRoundAndThenTakesTheMedian) {
  Script script{.ours = {100, 20, 300}, .redis = {10, 10, 10}};
  const Findings findings = run_quietly(row_of(Unit::kOperations, "ops"), script.measure(), {3});
  ASSERT_THAT(findings.results, SizeIs(1));
  const Result& result = findings.results[0];
  EXPECT_EQ(result.ours->median, 100);
  EXPECT_EQ(result.peer->median, 10);
  EXPECT_EQ(result.ratio->median, 10);
  EXPECT_EQ(result.ratio->min, 2);
  EXPECT_EQ(result.ratio->max, 30);
  EXPECT_THAT(findings.failures, IsEmpty());
}

TEST(Run, CountsLessAsBetterInAllButOperationsAndThroughput) {
  Script script{.ours = {10}, .redis = {40}, .figure = "p50_us"};
  const Findings findings =
      run_quietly(row_of(Unit::kMicroseconds, "p50_us"), script.measure(), {1});
  EXPECT_EQ(findings.results.at(0).ratio->median, 4);
}

TEST(Run, VisitsEachPairOnceARoundHoweverManyRowsAskForIt) {
  std::vector<std::string> visits;
  const Measure measure = [](const bench::Setup&, const Scenario&) -> Sample {
    return {{"ops", 1}, {"p50_us", 1}};
  };
  run({row_of(Unit::kOperations, "ops"), row_of(Unit::kMicroseconds, "p50_us")}, measure, {2},
      [&](size_t, size_t all, const std::string& visit) {
        EXPECT_EQ(all, 4u);
        visits.push_back(visit);
      });
  EXPECT_THAT(visits, ElementsAre("1 process, ours over unix", "1 process, Redis over unix",
                                  "1 process, ours over unix", "1 process, Redis over unix"));
}

TEST(Run, GoesOnWhenOneSideFailsAndDoesNotTryItAgain) {
  int tries = 0;
  const Measure measure = [&](const bench::Setup& setup, const Scenario&) -> Sample {
    if (setup.system == System::kRedis) return {{"ops", 10}};
    ++tries;
    throw std::runtime_error("nobody there");
  };
  const Findings findings = run_quietly(row_of(Unit::kOperations, "ops"), measure, {3});
  EXPECT_EQ(tries, 1);
  EXPECT_THAT(findings.failures, ElementsAre("1 process, ours over unix: nobody there"));
  EXPECT_FALSE(findings.results.at(0).ours.has_value());
  EXPECT_EQ(findings.results.at(0).peer->median, 10);
  EXPECT_FALSE(findings.results.at(0).ratio.has_value());
}

TEST(Run, MeasuresWhatIsSteadyInTheFirstRoundOnlyWhenAskedTo) {
  Row row = row_of(Unit::kBytes, "bytes");
  row.ours.scenario.steady = row.peer->scenario.steady = true;
  Script script{.ours = {100, 100}, .redis = {150, 150}, .figure = "bytes"};
  run_quietly(row, script.measure(), {2, 0.5, true});
  EXPECT_EQ(script.visits_of_ours, 1u);
  run_quietly(row, script.measure(), {1, 0.5, false});
  EXPECT_EQ(script.visits_of_ours, 2u);
}

TEST(Run, MeasuresLargeValuesInAsManyRoundsAsTheEffortAllows) {
  for (const auto& [mebibytes, rounds] :
       {std::pair(1, 3u), std::pair(64, 2u), std::pair(512, 1u)}) {
    Row row = row_of(Unit::kBytesASecond, "bytes_s");
    row.ours.scenario.mebibytes = row.peer->scenario.mebibytes = mebibytes;
    Script script{.ours = {1, 2, 3}, .redis = {2, 1, 1}, .figure = "bytes_s"};
    const Findings findings = run_quietly(row, script.measure(), {.rounds = 3, .mebibytes = 128});
    EXPECT_EQ(script.visits_of_ours, rounds) << mebibytes;
    EXPECT_EQ(findings.results.at(0).ratio->min, 0.5);
  }
}

TEST(Goals, AreMetByTheMedian) {
  Result result{row_of(Unit::kOperations, "ops", {Goal::Kind::kRatioAtLeast, 2}), {}, {}, {}};
  EXPECT_EQ(result.met(), std::nullopt);
  result.ratio = Spread{2, 1, 9};
  EXPECT_EQ(result.met(), true);
  result.ratio = Spread{1.9, 1, 9};
  EXPECT_EQ(result.met(), false);

  result.row.goal = {Goal::Kind::kAtMost, 1500};
  result.ours = Spread{1600, 1, 2000};
  EXPECT_EQ(result.met(), false);
  result.row.goal = {Goal::Kind::kAtLeast, 1500};
  EXPECT_EQ(result.met(), true);
  result.row.goal = {};
  EXPECT_EQ(result.met(), std::nullopt);
}

TEST(Rows, HaveNamesOfTheirOwn) {
  for (const bool quick : {false, true}) {
    std::set<std::string> names;
    for (const Row& row : all_rows(quick)) EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(names.empty());
  }
}

TEST(Report, WritesFiguresAsPeopleReadThem) {
  Row row = row_of(Unit::kOperations, "ops", {Goal::Kind::kRatioAtLeast, 1.7});
  const Result result{row, Spread{58'123, 52'000, 61'000}, Spread{1.2e6, 1.2e6, 1.2e6},
                      Spread{0.05, 0.04, 0.06}};
  const std::string table = to_table({result}, false);
  EXPECT_THAT(table, HasSubstr("58.1 k/s (52 k..61 k)"));
  EXPECT_THAT(table, HasSubstr("1.2 M/s "));
  EXPECT_THAT(table, HasSubstr("0.05 x"));
  EXPECT_THAT(table, HasSubstr(">= 1.7 x"));
  EXPECT_THAT(table, HasSubstr("NO\n"));
}

TEST(Report, WritesJsonInSiUnitsAndNullForWhatIsUnknown) {
  const Result result{row_of(Unit::kMicroseconds, "p50_us"), Spread{12, 11, 13}, {}, {}};
  EXPECT_EQ(to_json({result}), R"([
  {"name": "section: row, against Redis", "unit": "s", "ours": 1.2e-05, "peer": null, )"
                               R"("peer_name": "Redis", "ratio": null, "goal": null, "met": null,
   "spread": {"ours": [1.1e-05, 1.3e-05], "peer": null, "ratio": null}}
]
)");
}

}  // namespace
}  // namespace syncmanager::bench

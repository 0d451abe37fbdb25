#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tools/bench/latencies.h"
#include "tools/bench/sample.h"
#include "tools/bench/spread.h"

namespace syncmanager::bench {
namespace {

using ::testing::DoubleEq;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(Spread, IsTheMedianAndWhatLiesAroundIt) {
  const Spread spread = spread_of({5, 1, 3});
  EXPECT_EQ(spread.median, 3);
  EXPECT_EQ(spread.min, 1);
  EXPECT_EQ(spread.max, 5);
}

TEST(Spread, TakesTheMeanOfTheTwoInTheMiddle) {
  EXPECT_EQ(spread_of({4, 1, 2, 9}).median, 3);
  EXPECT_EQ(spread_of({4}).median, 4);
}

TEST(Sample, GoesThroughALineAndBack) {
  const Sample sample{{"ops", 1234567}, {"p50_us", 0.25}};
  EXPECT_EQ(to_line(sample), "ops=1234567 p50_us=0.25");
  EXPECT_THAT(from_line(to_line(sample)),
              UnorderedElementsAre(Pair("ops", 1234567), Pair("p50_us", 0.25)));
}

TEST(Sample, RefusesALineThatIsSomethingElseAndShowsIt) {
  try {
    from_line("Traceback (most recent call last):");
    FAIL() << "it was taken for a sample";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "a client answered: Traceback (most recent call last):");
  }
}

TEST(Latencies, AreSummarizedInMicrosecondsWhateverTheirOrder) {
  Latencies latencies;
  for (int64_t i = 200; i > 0; --i) latencies.push_back(i * 1000);
  Sample sample;
  summarize(latencies, sample);
  EXPECT_THAT(sample,
              UnorderedElementsAre(Pair("p50_us", DoubleEq(101)), Pair("p99_us", DoubleEq(199))));
}

TEST(Latencies, OfNothingAreNothing) {
  Sample sample;
  summarize({}, sample);
  EXPECT_THAT(sample, IsEmpty());
}

}  // namespace
}  // namespace syncmanager::bench

#include "protos/support/units.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

namespace syncmanager {
namespace {

using namespace std::chrono_literals;

TEST(DurationTest, IsANumberWithOneOfTheUnits) {
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("250us"), 250us);
  EXPECT_EQ(parse_duration("1.5h"), 90min);
  EXPECT_EQ(parse_duration("2min"), 2min);
  EXPECT_EQ(parse_duration("2m"), 2min);
  EXPECT_EQ(parse_duration("7d"), 168h);
}

TEST(DurationTest, ANumberAloneCountsSeconds) {
  EXPECT_EQ(parse_duration("10"), 10s);
  EXPECT_EQ(parse_duration("0.25"), 250ms);
  EXPECT_EQ(parse_duration("0"), 0s);
}

TEST(DurationTest, OtherTextIsNone) {
  for (const char* text : {"", "s", "-1s", "-0", "1 s", "ten", "10S", "1s2", "nan", "inf", "1e3s",
                           "0x10", "+5", "99999999999999999999d"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(DurationTest, IsWrittenInItsLargestWholeUnit) {
  EXPECT_EQ(duration_text(10s), "10s");
  EXPECT_EQ(duration_text(60s), "1min");
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(24h), "1d");
  EXPECT_EQ(duration_text(1500us), "1500us");
  EXPECT_EQ(duration_text(0us), "0s");
}

TEST(SizeTest, IsANumberWithOneOfTheUnits) {
  EXPECT_EQ(parse_size("256MiB"), uint64_t{256} << 20);
  EXPECT_EQ(parse_size("1.5GiB"), uint64_t{1536} << 20);
  EXPECT_EQ(parse_size("4KiB"), 4096);
  EXPECT_EQ(parse_size("2TiB"), uint64_t{2} << 40);
  EXPECT_EQ(parse_size("5MB"), 5'000'000);
  EXPECT_EQ(parse_size("7B"), 7);
}

TEST(SizeTest, ANumberAloneCountsBytes) {
  EXPECT_EQ(parse_size("0"), 0);
  EXPECT_EQ(parse_size("18446744073709551615"), std::numeric_limits<uint64_t>::max());
}

TEST(SizeTest, OtherTextIsNone) {
  for (const char* text : {"", "MiB", "-1", "-1KiB", "1.5", "1 KiB", "1kib", "10M", "0x10",
                           "18446744073709551616", "99999999999TiB"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
}

TEST(SizeTest, IsWrittenInItsLargestWholeUnit) {
  EXPECT_EQ(size_text(uint64_t{256} << 20), "256MiB");
  EXPECT_EQ(size_text(1536), "1536");
  EXPECT_EQ(size_text(2048), "2KiB");
  EXPECT_EQ(size_text(1000), "1000");
  EXPECT_EQ(size_text(0), "0");
  EXPECT_EQ(parse_size(size_text(std::numeric_limits<uint64_t>::max())),
            std::numeric_limits<uint64_t>::max());
}

}  // namespace
}  // namespace syncmanager

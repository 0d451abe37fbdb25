#include "protos/value/numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "protos/value/print.h"
#include "tests/support/values.h"

namespace syncmanager {
namespace {

constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr size_t kWhole = 5000;

// 2 to the power of `exponent`, which must be 63 at least.
std::string power_of_two(size_t exponent) {
  std::string bytes(exponent / 8 + 1, '\0');
  bytes.back() = static_cast<char>(1u << (exponent % 8));
  bytes.push_back('\0');
  return ValueWriter().big_integer(bytes).take();
}

ValueHead head(const std::string& value) { return ValueReader(value).head().value(); }

std::partial_ordering order(const std::string& a, const std::string& b) {
  return order_numbers(head(a), head(b));
}

std::string sum(const std::string& a, const std::string& b) {
  const auto added = add_values(a, b);
  return added.ok() ? print_value(*added, kWhole) : std::string(added.status().message());
}

TEST(AddValues, TakesOneNumberAndNothingBehindIt) {
  EXPECT_EQ(sum(encoded(1), encoded(2)), "3");
  EXPECT_EQ(sum(encoded(1), encoded(2) + encoded(3)), "not an encoded value");
}

TEST(OrderNumbers, IsExactBetweenIntegersAndReals) {
  constexpr int64_t kTwo53 = int64_t{1} << 53;
  EXPECT_TRUE(order(encoded(kTwo53 + 1), encoded(std::ldexp(1.0, 53))) > 0);
  EXPECT_TRUE(order(encoded(kTwo53), encoded(std::ldexp(1.0, 53))) == 0);
  EXPECT_TRUE(order(encoded(kMost), encoded(std::ldexp(1.0, 63))) < 0);
  EXPECT_TRUE(order(encoded(kLeast), encoded(-std::ldexp(1.0, 63))) == 0);
  EXPECT_TRUE(order(encoded(std::ldexp(1.0, 70)), power_of_two(70)) == 0);
  EXPECT_TRUE(order(encoded(std::nextafter(std::ldexp(1.0, 70), 0)), power_of_two(70)) < 0);
  EXPECT_TRUE(order(power_of_two(2000), encoded(std::numeric_limits<double>::max())) > 0);
  EXPECT_TRUE(order(power_of_two(2000), encoded(std::numeric_limits<double>::infinity())) < 0);
  EXPECT_TRUE(order(encoded(3), encoded(2.5)) > 0);
  EXPECT_TRUE(order(encoded(-3), encoded(-2.5)) < 0);
}

TEST(OrderNumbers, LeavesNanUnordered) {
  const std::string nan = encoded(std::numeric_limits<double>::quiet_NaN());
  EXPECT_TRUE(order(nan, nan) == std::partial_ordering::unordered);
  EXPECT_TRUE(order(encoded(1), nan) == std::partial_ordering::unordered);
  EXPECT_TRUE(order(power_of_two(70), nan) == std::partial_ordering::unordered);
}

TEST(AddValues, GrowsIntegersBeyond64BitsAndBack) {
  EXPECT_EQ(sum(encoded(kMost), encoded(1)), "9223372036854775808");
  EXPECT_EQ(sum(encoded(kLeast), encoded(-1)), "-9223372036854775809");
  EXPECT_EQ(sum(encoded(kLeast), encoded(kLeast)), "-18446744073709551616");
  EXPECT_EQ(sum(encoded(true), encoded(true)), "2");
  const auto back = add_values(power_of_two(63), encoded(-1));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, encoded(kMost));
  EXPECT_EQ(sum(power_of_two(64), ValueWriter().big_integer(std::string(8, '\0') + '\xff').take()),
            "0");
}

TEST(AddValues, RefusesASumOfMoreBitsThanAnybodyCountsTo) {
  EXPECT_EQ(sum(power_of_two(kLongestSumBits - 2), power_of_two(kLongestSumBits - 2)),
            print_value(power_of_two(kLongestSumBits - 1), kWhole));
  const auto refused =
      add_values(power_of_two(kLongestSumBits - 1), power_of_two(kLongestSumBits - 1));
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status())) << refused.status();
}

TEST(AppendDecimal, ReadsWhatPythonWrites) {
  const auto read = [](const std::string& digits) {
    ValueWriter writer;
    return append_decimal(digits, writer) ? print_value(writer.view(), kWhole) : "no integer";
  };
  const std::string long_number = "1" + std::string(1000, '0');
  for (const std::string& digits :
       {std::string("0"), std::string("-1"), std::string("9223372036854775807"),
        std::string("-9223372036854775808"), std::string("9223372036854775808"), long_number,
        "-" + long_number}) {
    EXPECT_EQ(read(digits), digits);
  }
  for (const char* word :
       {"", "-", "-0", "00", "007", "+7", " 7", "7 ", "7.0", "0x7", "1_0", "7-"}) {
    EXPECT_EQ(read(word), "no integer") << word;
  }
  EXPECT_EQ(read(std::string(1234, '9')), "no integer") << "more than 4096 bits";
  EXPECT_EQ(read(std::string(1'000'000, '9')), "no integer");
}

TEST(AddValues, AddsRealsAsPythonDoes) {
  EXPECT_EQ(sum(encoded(1), encoded(0.5)), "1.5");
  EXPECT_EQ(sum(encoded(-0.0), encoded(-0.0)), "-0.0");
  EXPECT_EQ(sum(encoded(-0.0), encoded(0)), "0.0");
  EXPECT_EQ(sum(encoded((int64_t{1} << 53) + 1), encoded(0.0)), "9007199254740992.0");
  EXPECT_EQ(sum(encoded(1e308), encoded(1e308)), "inf");
  EXPECT_EQ(sum(power_of_two(1023), encoded(0.0)), "8.98846567431158e+307");
}

TEST(AddValues, RoundsABigIntegerToTheNearestRealAndToEvenInTheMiddle) {
  const double even = std::ldexp(1.0, 200);
  const double next = std::nextafter(even, HUGE_VAL);
  const std::string middle = *add_values(power_of_two(200), power_of_two(147));
  EXPECT_EQ(*add_values(middle, encoded(0.0)), encoded(even));
  // One more, 147 bits further down, decides.
  EXPECT_EQ(*add_values(*add_values(middle, encoded(1)), encoded(0.0)), encoded(next));
  EXPECT_EQ(*add_values(*add_values(middle, encoded(-1)), encoded(0.0)), encoded(even));
  const std::string odd_middle = *add_values(middle, power_of_two(148));
  EXPECT_EQ(*add_values(odd_middle, encoded(0.0)), encoded(std::nextafter(next, HUGE_VAL)));
}

TEST(AddValues, RefusesInPythonsWords) {
  const auto overflow = add_values(power_of_two(1024), encoded(0.5));
  EXPECT_TRUE(absl::IsOutOfRange(overflow.status()));
  EXPECT_EQ(overflow.status().message(), "int too large to convert to float");
  const auto types = add_values(encoded(1), encoded("a"));
  EXPECT_TRUE(absl::IsInvalidArgument(types.status()));
  EXPECT_EQ(types.status().message(), "unsupported operand type(s) for +: 'int' and 'str'");
  EXPECT_EQ(sum(encoded(nullptr), encoded(1.0)),
            "unsupported operand type(s) for +: 'NoneType' and 'float'");
}

}  // namespace
}  // namespace syncmanager

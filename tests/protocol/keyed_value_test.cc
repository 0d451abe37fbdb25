// Values that are compared by a key of theirs: opaque ones, whose bytes say nothing about equality.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>

#include "protos/value/numbers.h"
#include "protos/value/print.h"
#include "protos/value/rules.h"
#include "tests/support/value_answers.h"
#include "tests/support/values.h"

namespace syncmanager {
namespace {

using testing::HasSubstr;

constexpr uint8_t kOwnOrdered = kOwnType | kOrdered;

// An opaque with a key; `bytes` are its own.
std::string keyed(uint8_t rule, std::string_view type, std::string_view key,
                  std::string_view bytes = "pickled") {
  return ValueWriter().begin_keyed(rule, type).encoded(key).opaque("pickle", bytes).take();
}

std::string pair(std::string_view a, std::string_view b) {
  return ValueWriter().begin_tuple(2).encoded(a).encoded(b).take();
}

std::string ratio(int64_t over, int64_t under) {
  return keyed(kOwnOrdered, kRatioType, pair(encoded(over), encoded(under)));
}

std::string complaint(std::string_view value) {
  return std::string(check_value(value, {}).status().message());
}

TEST(KeyedValue, EqualsWhatItsKeyEqualsAtEveryDepth) {
  const std::string level = keyed(kOrdered, "shop:Level", encoded(1));
  EXPECT_EQ(complaint(level), "");
  EXPECT_TRUE(equal_values(level, encoded(1.0)));
  EXPECT_TRUE(equal_values(encoded(true), level));
  EXPECT_TRUE(equal_values(pair(level, encoded("a")), pair(encoded(1), encoded("a"))));
  EXPECT_FALSE(equal_values(pair(level, encoded("a")), pair(encoded(1), encoded("b"))));
  EXPECT_EQ(key(pair(level, encoded("a"))), key(pair(encoded(1), encoded("a"))));
  EXPECT_EQ(order(level, encoded(2)), "less");
  EXPECT_EQ(order(pair(encoded(2), level), pair(level, encoded("a"))), "greater");
}

TEST(KeyedValue, OfATypeOfItsOwnEqualsOnlyThoseOfThatType) {
  const std::string job = keyed(kOwnType, "shop:Job", encoded("ann"), "one way");
  EXPECT_TRUE(equal_values(job, keyed(kOwnType, "shop:Job", encoded("ann"), "another")));
  EXPECT_FALSE(equal_values(job, keyed(kOwnType, "shop:Job", encoded("bob"))));
  EXPECT_FALSE(equal_values(job, keyed(kOwnType, "shop:Task", encoded("ann"))));
  EXPECT_FALSE(equal_values(job, encoded("ann")));
  EXPECT_FALSE(equal_values(encoded("ann"), job));
  EXPECT_FALSE(equal_values(job, keyed(0, "shop:Job", encoded("ann"))));
}

TEST(KeyedValue, HasTheFormOfItsKeyAsAKey) {
  const std::string form = key(keyed(kOwnOrdered, "shop:Job", encoded(1.0)));
  EXPECT_EQ(form, key(keyed(kOwnType, "shop:Job", encoded(true), "other bytes")));
  EXPECT_EQ(key(form), form);
  EXPECT_NE(form, key(keyed(kOwnType, "shop:Task", encoded(1))));
  EXPECT_EQ(key(keyed(kUnhashable, "builtins:bytearray", encoded(1))),
            "unhashable type: 'bytearray'");
  EXPECT_EQ(key(keyed(kOwnType, "shop:Job", ValueWriter().begin_list(0).take())),
            "unhashable type: 'list'");
}

TEST(KeyedValue, IsLessByItsKeyIfItHasAnOrder) {
  const std::string early = keyed(kOwnOrdered, "datetime:date", encoded(1));
  const std::string late = keyed(kOwnOrdered, "datetime:date", encoded(2));
  EXPECT_EQ(order(early, late), "less");
  EXPECT_EQ(order(late, early), "greater");
  EXPECT_EQ(order(early, early), "equivalent");
  EXPECT_EQ(order(pair(early, encoded(1)), pair(early, encoded(2))), "less");
  EXPECT_EQ(order(early, encoded(2)), "'<' not supported between instances of 'date' and 'int'");
  EXPECT_EQ(order(keyed(kOwnType, "shop:Color.Dark", encoded(1)), early),
            "'<' not supported between instances of 'Dark' and 'date'");
  EXPECT_EQ(order(keyed(0, "builtins:complex", encoded(1)), encoded(2)),
            "'<' not supported between instances of 'complex' and 'int'");
}

TEST(KeyedValue, ThatIsAFractionHasItsPlaceAmongNumbers) {
  EXPECT_EQ(order(ratio(1, 3), encoded(0)), "greater");
  EXPECT_EQ(order(ratio(1, 3), encoded(1.0 / 3)), "greater");
  EXPECT_EQ(order(ratio(-1, 3), encoded(-1.0 / 3)), "less");
  EXPECT_EQ(order(encoded(1), ratio(4, 3)), "less");
  EXPECT_EQ(order(ratio(1, 3), ratio(2, 5)), "less");
  EXPECT_EQ(order(ratio(1, 3), ratio(1, 3)), "equivalent");
  EXPECT_EQ(order(keyed(kOrdered, "decimal:Decimal", encoded(1)), ratio(2, 3)), "greater");
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(order(ratio(1, 3), encoded(infinity)), "less");
  EXPECT_EQ(order(ratio(1, 3), encoded(-infinity)), "greater");
  EXPECT_EQ(order(ratio(1, 3), encoded(std::numeric_limits<double>::quiet_NaN())), "unordered");
}

TEST(KeyedValue, OfAFractionThatIsNoneHasNoOrder) {
  EXPECT_THAT(order(ratio(4, 2), encoded(2)), HasSubstr("lowest terms"));
  EXPECT_THAT(order(ratio(1, 0), encoded(2)), HasSubstr("lowest terms"));
  EXPECT_THAT(order(ratio(1, -3), encoded(2)), HasSubstr("lowest terms"));
  const std::string long_number = ValueWriter().big_integer(std::string(4096, '\x11')).take();
  EXPECT_THAT(order(keyed(kOwnOrdered, kRatioType, pair(long_number, encoded(3))), encoded(2)),
              HasSubstr("lowest terms"));
}

TEST(KeyedValue, IsCheckedWithItsKey) {
  const std::string reference = ValueWriter().reference(4, "Queue").take();
  EXPECT_THAT(complaint(keyed(kOwnType, "T", reference)), HasSubstr("a key with a reference"));
  EXPECT_THAT(complaint(keyed(kOwnType, "T", pair(encoded(1), reference))),
              HasSubstr("a key with a reference"));
  const std::string beside =
      ValueWriter().begin_keyed(kOwnType, "T").integer(1).reference(4, "Queue").take();
  EXPECT_EQ(complaint(beside), "");
  EXPECT_TRUE(check_value(beside, {})->has_references);
  EXPECT_EQ(
      complaint(pair(ValueWriter().begin_keyed(0, "T").integer(1).integer(2).take(), reference)),
      "");
  EXPECT_THAT(complaint(keyed(8, "T", encoded(1))), HasSubstr("a malformed object"));
  EXPECT_THAT(complaint(keyed(0, "\xff", encoded(1))), HasSubstr("a bad type"));
  EXPECT_THAT(complaint(ValueWriter().begin_keyed(0, "T").integer(1).take()),
              HasSubstr("an end at byte 6; expected another value"));
}

TEST(KeyedValue, PrintsItsTypeAndItsKey) {
  const std::string job = keyed(kOwnType, "shop.jobs:Job", pair(encoded("ann"), encoded(1)));
  EXPECT_EQ(print_value(job, 100), "<Job ('ann', 1)>");
  EXPECT_EQ(print_value(pair(job, encoded(2)), 100), "(<Job ('ann', 1)>, 2)");
}

}  // namespace
}  // namespace syncmanager

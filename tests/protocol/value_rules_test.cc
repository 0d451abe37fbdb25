#include "protos/value/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "protos/value/numbers.h"
#include "protos/value/print.h"
#include "tests/support/value_answers.h"
#include "tests/support/values.h"

namespace syncmanager {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const double kNan = std::numeric_limits<double>::quiet_NaN();

std::string raw(const char* digits) { return absl::HexStringToBytes(digits); }

ValueWriter tuple(uint64_t elements) {
  ValueWriter writer;
  writer.begin_tuple(elements);
  return writer;
}

// "" if the value is right.
std::string complaint(std::string_view value, const ValueLimits& limits = {}) {
  return std::string(check_value(value, limits).status().message());
}

TEST(CheckValue, TakesACensusOfAllLevels) {
  ValueWriter writer;
  writer.begin_dict(1).text("jobs").begin_list(2).reference(4, "Queue").begin_tuple(0);
  const auto census = check_value(writer.view(), {});
  ASSERT_TRUE(census.ok()) << census.status();
  EXPECT_TRUE(census->has_references);
  EXPECT_EQ(census->depth, 3U);
  EXPECT_EQ(census->elements, 4U);

  const auto scalar = check_value(encoded(1), {});
  ASSERT_TRUE(scalar.ok());
  EXPECT_FALSE(scalar->has_references);
  EXPECT_EQ(scalar->depth, 0U);
  EXPECT_EQ(scalar->elements, 0U);
}

TEST(CheckValue, LetsTextsContainNulAndControls) {
  EXPECT_EQ(complaint(ValueWriter().text(std::string("\0\x01\x7f", 3)).take()), "");
}

TEST(CheckValue, RefusesTextThatIsNotUtf8AndNamesThatAreNone) {
  EXPECT_THAT(complaint(raw("0602c0af")), HasSubstr("isn't UTF-8"));
  EXPECT_THAT(complaint(raw("0603eda080")), HasSubstr("isn't UTF-8"));
  EXPECT_THAT(complaint(ValueWriter().reference(1, "").take()), HasSubstr("bad type"));
  EXPECT_THAT(complaint(ValueWriter().reference(1, "A b").take()), HasSubstr("1 to 64 of"));
  EXPECT_THAT(complaint(ValueWriter().opaque("Pickle", "").take()), HasSubstr("bad codec"));
  EXPECT_EQ(complaint(ValueWriter().opaque(std::string(64, 'a'), "").take()), "");
  EXPECT_THAT(complaint(ValueWriter().opaque(std::string(65, 'a'), "").take()),
              HasSubstr("1 to 64 of"));
}

TEST(CheckValue, SaysWhatIsWrongWhereAndWhatWasExpected) {
  EXPECT_EQ(complaint(""), "the value has an end at byte 0; expected another value");
  EXPECT_EQ(complaint(raw("0800ff")), "the value has bytes after its end at byte 2; expected none");
  EXPECT_EQ(complaint(raw("080100ff")),
            "the value has bytes after its end at byte 3; expected none");
  EXPECT_EQ(complaint(raw("0801ff")),
            "the value has an unknown tag at byte 2; expected a tag from 0 to 15");
  EXPECT_EQ(complaint(raw("038000")),
            "the value has a malformed int at byte 0; expected the shortest form, whole");
}

TEST(CheckValue, KeepsItsLimitsToTheLast) {
  const ValueLimits limits{.bytes = 40, .depth = 3};
  EXPECT_EQ(complaint(ValueWriter().bytes(std::string(38, 'x')).take(), limits), "");
  EXPECT_EQ(complaint(ValueWriter().bytes(std::string(39, 'x')).take(), limits),
            "the value has 41 bytes; expected at most 40");
  EXPECT_EQ(complaint(nested_list(3), limits), "");
  EXPECT_EQ(complaint(nested_list(4), limits), "the value has 4 levels; expected at most 3");
}

TEST(CheckValue, RefusesKeysThatPythonCannotHash) {
  EXPECT_EQ(complaint(ValueWriter().begin_dict(1).begin_list(0).none().take()),
            "unhashable type: 'list'");
  EXPECT_EQ(complaint(ValueWriter().begin_set(1).begin_tuple(1).begin_dict(0).take()),
            "unhashable type: 'dict'");
  EXPECT_EQ(complaint(ValueWriter().begin_frozenset(1).begin_set(0).take()),
            "unhashable type: 'set'");
  EXPECT_THAT(complaint(ValueWriter().begin_set(1).real(kNan).take()), HasSubstr("NaN"));
  EXPECT_EQ(complaint(ValueWriter().begin_list(1).real(kNan).take()), "");
  // In the value of an entry, too.
  EXPECT_EQ(complaint(ValueWriter().begin_dict(1).none().begin_set(1).begin_list(0).take()),
            "unhashable type: 'list'");
}

TEST(CheckValue, RefusesAKeyThatIsThereTwiceInWhateverForm) {
  EXPECT_EQ(complaint(ValueWriter().begin_dict(2).integer(1).none().boolean(true).none().take()),
            "the value has 1 twice among its keys; expected different keys");
  EXPECT_THAT(complaint(ValueWriter().begin_set(2).real(-0.0).integer(0).take()),
              HasSubstr("twice"));
  EXPECT_EQ(complaint(ValueWriter().begin_set(2).text("1").integer(1).take()), "");
}

TEST(CheckValue, RefusesNestingHoweverDeepWithoutExhaustingTheStack) {
  EXPECT_EQ(complaint(nested_list(32)), "");
  for (const size_t levels : {size_t{33}, size_t{10'000}, size_t{1'000'000}}) {
    const std::string nest = nested_list(levels);
    EXPECT_EQ(complaint(nest), "the value has 33 levels; expected at most 32");
    // A caller's limit can't lift the bound that the stack sets.
    EXPECT_NE(complaint(nest, {.depth = 2'000'000}) == "", levels > kDeepestValue) << levels;
  }
}

TEST(Nesting, EndsTheOtherQuestionsWithoutExhaustingTheStack) {
  for (const size_t levels : {size_t{10'000}, size_t{1'000'000}}) {
    std::string nest;
    for (size_t i = 0; i < levels; ++i) nest += raw("0901");
    nest += raw("00");
    EXPECT_FALSE(equal_values(nest, nest));
    EXPECT_THAT(order(nest, nest), HasSubstr("too deeply"));
    EXPECT_THAT(key(nest), HasSubstr("too deeply"));
    EXPECT_EQ(print_value(nest, 10), "(((((((...");
    int references = 0;
    for_each_reference(nest, [&](uint64_t) { ++references; });
    EXPECT_EQ(references, 0);
  }
}

TEST(References, AreVisitedInTheirOrderAndAsOftenAsTheyStandThere) {
  ValueWriter writer;
  writer.begin_dict(1).reference(3, "Lock").begin_list(3).reference(1, "Queue");
  writer.begin_tuple(1).reference(3, "Lock").none();
  std::vector<uint64_t> objects;
  for_each_reference(writer.view(), [&](uint64_t object) { objects.push_back(object); });
  EXPECT_THAT(objects, ElementsAre(3, 1, 3));
}

TEST(KeyOf, IsTheValueItselfWhereThatIsCanonicalAlready) {
  std::string scratch;
  for (const std::string& value :
       {encoded("text"), encoded(Bytes{"bytes"}), encoded(7), encoded(nullptr)}) {
    const auto form = key_of(value, scratch);
    ASSERT_TRUE(form.ok());
    EXPECT_EQ(form->data(), value.data());
    EXPECT_EQ(*form, value);
  }
}

TEST(KeyOf, IsTheSameForEqualValuesOnly) {
  EXPECT_EQ(key(encoded(true)), key(encoded(1)));
  EXPECT_EQ(key(encoded(1.0)), key(encoded(1)));
  EXPECT_EQ(key(encoded(-0.0)), key(encoded(0)));
  EXPECT_EQ(key(encoded(std::ldexp(1.0, 70))),
            ValueWriter().big_integer(std::string(8, '\0') + '\x40').take());
  EXPECT_EQ(key(encoded(-std::ldexp(1.0, 63))), encoded(std::numeric_limits<int64_t>::min()));
  EXPECT_EQ(key(tuple(2).integer(1).boolean(false).take()),
            key(tuple(2).real(1).real(-0.0).take()));
  EXPECT_EQ(key(ValueWriter().begin_frozenset(2).text("a").integer(1).take()),
            key(ValueWriter().begin_frozenset(2).real(1).text("a").take()));
  EXPECT_EQ(key(ValueWriter().reference(5, "Lock").take()),
            key(ValueWriter().reference(5, "RLock").take()));

  EXPECT_NE(key(encoded("1")), key(encoded(1)));
  EXPECT_NE(key(encoded("a")), key(encoded(Bytes{"a"})));
  EXPECT_NE(key(encoded(0.5)), key(encoded(0)));
  EXPECT_NE(key(ValueWriter().opaque("a", "x").take()), key(ValueWriter().opaque("b", "x").take()));
}

TEST(KeyOf, RefusesWhatCanBeNoKey) {
  EXPECT_EQ(key(nested_list(1)), "unhashable type: 'list'");
  EXPECT_EQ(key(ValueWriter().begin_set(0).take()), "unhashable type: 'set'");
  EXPECT_EQ(key(ValueWriter().begin_dict(0).take()), "unhashable type: 'dict'");
  EXPECT_EQ(key(tuple(1).begin_list(0).take()), "unhashable type: 'list'");
  EXPECT_THAT(key(encoded(kNan)), HasSubstr("NaN can't be a key"));
}

TEST(EqualValues, IsPythonsEquality) {
  EXPECT_TRUE(equal_values(encoded(std::vector<int>{1, 0}), encoded(std::vector<double>{1, -0.0})));
  EXPECT_FALSE(equal_values(nested_list(1), tuple(0).take()));
  EXPECT_FALSE(equal_values(encoded(kNan), encoded(kNan)));
  EXPECT_FALSE(
      equal_values(encoded(std::vector<double>{kNan}), encoded(std::vector<double>{kNan})));
  EXPECT_TRUE(equal_values(ValueWriter().begin_set(2).text("a").integer(1).take(),
                           ValueWriter().begin_frozenset(2).boolean(true).text("a").take()));
  EXPECT_TRUE(equal_values(ValueWriter().begin_dict(2).text("a").none().text("b").integer(2).take(),
                           ValueWriter().begin_dict(2).text("b").real(2).text("a").none().take()));
  EXPECT_FALSE(equal_values(ValueWriter().begin_dict(1).text("a").real(kNan).take(),
                            ValueWriter().begin_dict(1).text("a").real(kNan).take()));
  EXPECT_FALSE(
      equal_values(ValueWriter().opaque("a", "bc").take(), ValueWriter().opaque("ab", "c").take()));
}

TEST(OrderValues, IsPythonsLessThan) {
  EXPECT_EQ(order(encoded("\uffff"), encoded("\U00010000")), "less");
  EXPECT_EQ(order(encoded(Bytes{"a"}), encoded(Bytes{"ab"})), "less");
  EXPECT_EQ(order(encoded(2), encoded(1.5)), "greater");
  EXPECT_EQ(order(encoded(true), encoded(1)), "equivalent");
  EXPECT_EQ(order(encoded(1), encoded(kNan)), "unordered");
  EXPECT_EQ(order(tuple(2).integer(1).text("b").take(), tuple(2).integer(1).text("a").take()),
            "greater");
  EXPECT_EQ(order(tuple(1).integer(1).take(), tuple(2).integer(1).none().take()), "less");
  EXPECT_EQ(order(ValueWriter().begin_set(1).integer(1).take(),
                  ValueWriter().begin_frozenset(2).integer(2).real(1).take()),
            "less");
  EXPECT_EQ(order(ValueWriter().begin_set(1).integer(1).take(),
                  ValueWriter().begin_set(1).integer(2).take()),
            "unordered");
}

TEST(OrderValues, RefusesInPythonsWords) {
  EXPECT_EQ(order(encoded(1), encoded("a")),
            "'<' not supported between instances of 'int' and 'str'");
  EXPECT_EQ(order(tuple(1).none().take(), tuple(1).real(1).take()),
            "'<' not supported between instances of 'NoneType' and 'float'");
  EXPECT_EQ(order(ValueWriter().begin_dict(0).take(), ValueWriter().begin_dict(0).take()),
            "'<' not supported between instances of 'dict' and 'dict'");
  // Equal elements are never asked which is less.
  EXPECT_EQ(order(tuple(2).none().integer(1).take(), tuple(2).none().integer(2).take()), "less");
}

std::string seed_value(size_t which) {
  ValueWriter writer;
  writer.begin_dict(3).text("caf\u00e9").begin_list(3).integer(1 << 20).real(2.5).none();
  writer.begin_tuple(2).text("x").integer(static_cast<int64_t>(which));
  writer.begin_frozenset(2).bytes("b").big_integer(std::string(12, '\x11'));
  writer.integer(-1).begin_set(2).opaque("json", "{}").reference(12, "Queue");
  return writer.take();
}

TEST(Mutations, NeverCrashAndWhatIsAcceptedIsConsistent) {
  std::mt19937 random(7);
  std::string scratch;
  int accepted = 0;
  for (size_t i = 0; i < 100'000; ++i) {
    std::string value = seed_value(i % 5);
    for (uint32_t edits = 1 + random() % 4; edits > 0; --edits) {
      const size_t at = random() % value.size();
      if (random() % 4 == 0)
        value.erase(at, 1 + random() % 3);
      else if (random() % 3 == 0)
        value.insert(at, 1, static_cast<char>(random() % 16));
      else
        value[at] = static_cast<char>(random());
      if (value.empty()) value = raw("00");
    }
    const bool sound = check_value(value, {}).ok();
    accepted += sound;
    const bool equal = equal_values(value, value);
    const auto ordered = order_values(value, value);
    const auto form = key_of(value, scratch);
    const std::string shown = print_value(value, 200);
    EXPECT_LE(shown.size(), 200U);
    if (sound) {
      EXPECT_THAT(shown, testing::Not(HasSubstr("<malformed>"))) << absl::BytesToHexString(value);
      // A value that can be a key equals itself: it has no NaN.
      if (form.ok()) {
        EXPECT_TRUE(equal) << absl::BytesToHexString(value);
      }
      if (ordered.ok() && equal) {
        EXPECT_TRUE(*ordered == 0) << absl::BytesToHexString(value);
      }
    }
    uint64_t references = 0;
    for_each_reference(value, [&](uint64_t) { ++references; });
    EXPECT_LE(references, value.size());
    EXPECT_FALSE(add_values(value, value).ok() && value[0] >= 6);
  }
  // Mutations that break nothing keep the walk honest about what it lets pass.
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace syncmanager

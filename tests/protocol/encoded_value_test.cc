#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <syncmanager/encoded_value.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"

namespace syncmanager {
namespace {

using testing::Eq;
using testing::Optional;

std::string hex(const ValueWriter& writer) {
  return absl::BytesToHexString(std::string(writer.view()));
}
std::string raw(const char* digits) { return absl::HexStringToBytes(digits); }

TEST(ValueWriter, WritesTheTable) {
  EXPECT_EQ(hex(ValueWriter().none()), "00");
  EXPECT_EQ(hex(ValueWriter().boolean(false)), "01");
  EXPECT_EQ(hex(ValueWriter().boolean(true)), "02");
  EXPECT_EQ(hex(ValueWriter().integer(-2)), "0303");
  EXPECT_EQ(hex(ValueWriter().integer(300)), "03d804");
  EXPECT_EQ(hex(ValueWriter().integer(std::numeric_limits<int64_t>::min())),
            "03ffffffffffffffffff01");
  EXPECT_EQ(hex(ValueWriter().big_integer(raw("000000000000008000"))), "0409000000000000008000");
  EXPECT_EQ(hex(ValueWriter().real(1.5)), "05000000000000f83f");
  EXPECT_EQ(hex(ValueWriter().text("h\u00e9")), "060368c3a9");
  EXPECT_EQ(hex(ValueWriter().bytes(std::string("\0\xff", 2))), "070200ff");
  EXPECT_EQ(hex(ValueWriter().begin_list(2).none().none()), "08020000");
  EXPECT_EQ(hex(ValueWriter().begin_tuple(1).none()), "090100");
  EXPECT_EQ(hex(ValueWriter().begin_set(1).none()), "0a0100");
  EXPECT_EQ(hex(ValueWriter().begin_frozenset(0)), "0b00");
  EXPECT_EQ(hex(ValueWriter().begin_dict(1).text("a").integer(1)), "0c010601610302");
  EXPECT_EQ(hex(ValueWriter().reference(300, "Queue")), "0dac0205" + std::string("5175657565"));
  EXPECT_EQ(hex(ValueWriter().opaque("json", "{}")), "0e046a736f6e027b7d");
}

TEST(ValueWriter, WritesAnIntegerInTheOneWayThereIs) {
  EXPECT_EQ(hex(ValueWriter().big_integer("")), "0300");
  EXPECT_EQ(hex(ValueWriter().big_integer(raw("ff"))), "0301");
  EXPECT_EQ(hex(ValueWriter().big_integer(raw("ff00000000000000000000"))), "03fe03");
  EXPECT_EQ(hex(ValueWriter().big_integer(raw("0000000000000080"))), "03ffffffffffffffffff01");
  EXPECT_EQ(hex(ValueWriter().big_integer(raw("0000000000000080ffffff"))),
            "03ffffffffffffffffff01");
  EXPECT_EQ(hex(ValueWriter().big_integer(raw("ffffffffffffff7fffffff"))),
            "0409ffffffffffffff7fff");
}

TEST(ValueWriter, IsEmptyAfterItsTextWasTaken) {
  ValueWriter writer;
  writer.none();
  EXPECT_EQ(writer.take(), raw("00"));
  EXPECT_EQ(writer.size(), 0U);
  writer.encoded(raw("02"));
  EXPECT_EQ(writer.view(), raw("02"));
}

TEST(ValueReader, ReadsWhatWasWritten) {
  ValueWriter writer;
  writer.begin_dict(2).text("pi").real(3.14).integer(-7).begin_list(2).boolean(true).none();
  writer.bytes("x").reference(9, "Lock").opaque("pickle", "y");
  ValueReader reader(writer.view());

  EXPECT_THAT(reader.begin(Kind::kDict), Optional(2U));
  EXPECT_THAT(reader.text(), Optional(Eq("pi")));
  EXPECT_THAT(reader.real(), Optional(3.14));
  EXPECT_THAT(reader.integer(), Optional(-7));
  EXPECT_THAT(reader.begin(Kind::kList), Optional(2U));
  EXPECT_THAT(reader.boolean(), Optional(true));
  EXPECT_TRUE(reader.none());
  EXPECT_THAT(reader.bytes(), Optional(Eq("x")));
  const std::optional<ValueHead> reference = reader.reference();
  ASSERT_TRUE(reference.has_value());
  EXPECT_EQ(reference->number, 9U);
  EXPECT_EQ(reference->name, "Lock");
  const std::optional<ValueHead> opaque = reader.opaque();
  ASSERT_TRUE(opaque.has_value());
  EXPECT_EQ(opaque->name, "pickle");
  EXPECT_EQ(opaque->content, "y");
  EXPECT_TRUE(reader.at_end());
}

TEST(ValueReader, ReadsTheEndsOfTheNumbers) {
  for (const int64_t value : {std::numeric_limits<int64_t>::min(), int64_t{-1}, int64_t{0},
                              int64_t{127}, std::numeric_limits<int64_t>::max()}) {
    EXPECT_THAT(ValueReader(ValueWriter().integer(value).take()).integer(), Optional(value));
  }
  const std::string big = ValueWriter().big_integer(raw("000000000000008000")).take();
  EXPECT_THAT(ValueReader(big).big_integer(), Optional(Eq(raw("000000000000008000"))));
  const std::string nan = ValueWriter().real(std::nan("")).take();
  EXPECT_TRUE(std::isnan(ValueReader(nan).real().value_or(0)));
}

// Integers of every encoded length: the least and the largest, and their neighbours.
std::vector<int64_t> integers_of_all_lengths() {
  std::vector<int64_t> integers = {std::numeric_limits<int64_t>::min(),
                                   std::numeric_limits<int64_t>::max()};
  for (int64_t power = 1; power < int64_t{1} << 62; power *= 2) {
    integers.insert(integers.end(), {power - 1, power, -power, -power - 1});
  }
  return integers;
}

TEST(ValueReader, ReadsManyIntegersAsIfEachWereAlone) {
  const std::vector<int64_t> integers = integers_of_all_lengths();
  ValueWriter together, one_by_one;
  together.integers(integers);
  for (const int64_t value : integers) one_by_one.integer(value);
  EXPECT_EQ(together.view(), one_by_one.view());

  ValueReader alone(together.view());
  for (const int64_t value : integers) EXPECT_THAT(alone.integer(), Optional(value));
  std::vector<int64_t> read(integers.size() + 1);
  EXPECT_EQ(ValueReader(together.view()).integers(read), integers.size());
  read.pop_back();
  EXPECT_EQ(read, integers);
}

TEST(ValueReader, TakesNoMoreIntegersThanWantedAndNothingElse) {
  ValueWriter writer;
  writer.integer(1).integer(2).integer(300).boolean(true).integer(4);
  ValueReader reader(writer.view());
  std::array<int64_t, 2> two{};
  EXPECT_EQ(reader.integers(two), 2U);
  EXPECT_EQ(two, (std::array<int64_t, 2>{1, 2}));
  EXPECT_EQ(reader.skip_integers(9), 1U);
  EXPECT_EQ(reader.skip_integers(9), 0U);
  EXPECT_EQ(reader.integers(two), 0U);
  EXPECT_THAT(reader.boolean(), Optional(true));
  EXPECT_EQ(reader.skip_integers(9), 1U);
  EXPECT_TRUE(reader.at_end());
}

// At the end of the bytes, and where a whole word can be looked at; after a good one, and first.
TEST(ValueReader, StopsAtAnIntegerInAnotherForm) {
  for (const char* digits : {"038000", "03ff00", "03ffffffffffffff00", "03ffffffffffffffff00",
                             "03ffffffffffffffffff02", "038080808080808080808001"}) {
    for (const char* before : {"", "030a", "038002", "03ffffffffffffff01"}) {
      for (const char* after : {"", "0000000000000000"}) {
        const std::string encoded = raw(before) + raw(digits) + raw(after);
        ValueReader reader(encoded);
        EXPECT_EQ(reader.skip_integers(9), *before == '\0' ? 0U : 1U) << before << digits;
        EXPECT_EQ(reader.remaining(), raw(digits) + raw(after)) << before << digits;
      }
    }
  }
}

TEST(ValueReader, StaysWhereItWasIfTheNextValueIsOfAnotherKind) {
  const std::string one = ValueWriter().integer(1).take();
  ValueReader reader(one);
  EXPECT_EQ(reader.text(), std::nullopt);
  EXPECT_EQ(reader.boolean(), std::nullopt);
  EXPECT_EQ(reader.begin(Kind::kList), std::nullopt);
  EXPECT_FALSE(reader.none());
  EXPECT_EQ(reader.remaining(), one);
  EXPECT_EQ(reader.kind(), Kind::kInteger);
}

TEST(ValueReader, RefusesEveryOtherFormOfTheSameValue) {
  for (const char* digits : {
           "038000",                    // An integer with a group it doesn't need.
           "03ffffffffffffffffff02",    // Above 64 bits.
           "038080808080808080808001",  // Longer than any varint.
           "0401ff",                    // A big integer that isn't one.
           "040800000000000000ff",      // The same, of eight bytes.
           "040a00000000000000800000",  // A byte too long.
           "040affffffffffffff7fffff",  // The same, negative.
           "06800061",                  // A length that isn't minimal.
       }) {
    const std::string encoded = raw(digits);
    ValueReader reader(encoded);
    EXPECT_EQ(reader.head(), std::nullopt) << digits;
    EXPECT_EQ(reader.remaining(), encoded) << digits;
  }
}

TEST(ValueReader, RefusesWhatIsCutShortOrUnknown) {
  for (const char* digits : {"", "03", "0380", "050000000000f83f", "0602", "060261", "0801",
                             "0c0100", "0d", "0d01", "0d0102", "0e0161", "0e016102", "0f", "ff"}) {
    const std::string encoded = raw(digits);
    EXPECT_FALSE(ValueReader(encoded).skip()) << digits;
  }
}

TEST(ValueReader, RefusesACountOfMoreElementsThanBytesAreLeft) {
  EXPECT_EQ(ValueReader(raw("08ffffffffffffffffff01")).head(), std::nullopt);
  EXPECT_EQ(ValueReader(raw("0cffffffffffffffff7f0000")).head(), std::nullopt);
  EXPECT_EQ(ValueReader(raw("0c02000000")).head(), std::nullopt);
  EXPECT_NE(ValueReader(raw("0c0200000000")).head(), std::nullopt);
}

TEST(ValueReader, SkipsAWholeValueHoweverDeep) {
  constexpr int kLevels = 1'000'000;
  ValueWriter writer;
  for (int i = 0; i < kLevels; ++i) writer.begin_list(1);
  writer.none().integer(5);
  ValueReader reader(writer.view());
  const std::optional<std::string_view> nest = reader.encoded();
  ASSERT_TRUE(nest.has_value());
  EXPECT_EQ(nest->size(), size_t{2} * kLevels + 1);
  EXPECT_THAT(reader.integer(), Optional(5));
}

TEST(ValueReader, DoesNotSkipAContainerThatLacksElements) {
  const std::string encoded = raw("080308020000");
  ValueReader reader(encoded);
  EXPECT_FALSE(reader.skip());
  EXPECT_EQ(reader.encoded(), std::nullopt);
  EXPECT_EQ(reader.remaining(), encoded);
}

}  // namespace
}  // namespace syncmanager

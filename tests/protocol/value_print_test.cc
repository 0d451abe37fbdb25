#include "protos/value/print.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "protos/support/utf8.h"
#include "tests/support/values.h"

namespace syncmanager {
namespace {

constexpr size_t kWhole = 1000;

TEST(PrintValue, LooksLikePython) {
  ValueWriter writer;
  writer.begin_dict(3).text("a").integer(1).text("b").begin_list(2).real(1.5).none();
  writer.begin_tuple(1).boolean(true).begin_set(0);
  EXPECT_EQ(print_value(writer.view(), kWhole), "{'a': 1, 'b': [1.5, None], (True,): set()}");
  EXPECT_EQ(print_value(ValueWriter().reference(7, "Queue").take(), kWhole), "<Queue 7>");
  EXPECT_EQ(print_value(ValueWriter().opaque("pickle", "abc").take(), kWhole), "<pickle, 3 bytes>");
}

TEST(PrintValue, PrintsRealsWithTheFewestDigits) {
  EXPECT_EQ(print_value(encoded(1e15), kWhole), "1000000000000000.0");
  EXPECT_EQ(print_value(encoded(1e16), kWhole), "1e+16");
  EXPECT_EQ(print_value(encoded(0.0001), kWhole), "0.0001");
  EXPECT_EQ(print_value(encoded(0.00001), kWhole), "1e-05");
  EXPECT_EQ(print_value(encoded(-0.0), kWhole), "-0.0");
  EXPECT_EQ(print_value(encoded(5e-324), kWhole), "5e-324");
}

TEST(PrintValue, EscapesWhatATerminalMightObey) {
  EXPECT_EQ(print_value(encoded("it's\n\x1b[2J"), kWhole), "\"it's\\n\\x1b[2J\"");
  EXPECT_EQ(print_value(encoded("\u202e\u20ac"), kWhole), "'\\u202e\u20ac'");
  EXPECT_EQ(print_value(encoded(Bytes{"a\xff'"}), kWhole), "b\"a\\xff'\"");
  EXPECT_EQ(print_value(ValueWriter().reference(1, "\x1b").take(), kWhole), "<? 1>");
}

TEST(PrintValue, KeepsToItsLengthInWholeCharacters) {
  const std::string value = encoded(std::string(30, 'a') + "\u20ac\u20ac\u20ac\u20ac");
  for (size_t most = 0; most < 60; ++most) {
    const std::string shown = print_value(value, most);
    EXPECT_LE(shown.size(), most);
    EXPECT_TRUE(valid_utf8(shown)) << shown;
  }
  EXPECT_EQ(print_value(value, 8), "'aaaa...");
}

TEST(PrintValue, SaysHowLargeAnIntegerIsThatIsTooLongToPrint) {
  EXPECT_EQ(print_value(ValueWriter().big_integer(std::string(1000, '\x11')).take(), kWhole),
            "<int of 8000 bits>");
}

TEST(PrintValue, MarksWhereAValueStopsBeingOne) {
  EXPECT_EQ(print_value(std::string("\x08\x02\x00\xff", 4), kWhole), "[None, <malformed>");
}

}  // namespace
}  // namespace syncmanager

#include "protos/support/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace syncmanager {
namespace {

TEST(Utf8, TakesOneCodePointAfterTheOther) {
  std::string_view rest = "a\u00e9\u20ac\U0001f600";
  EXPECT_EQ(take_code_point(rest), U'a');
  EXPECT_EQ(take_code_point(rest), U'\u00e9');
  EXPECT_EQ(take_code_point(rest), U'\u20ac');
  EXPECT_EQ(take_code_point(rest), U'\U0001f600');
  EXPECT_EQ(take_code_point(rest), std::nullopt);
}

TEST(Utf8, AcceptsTheLargestCodePointAndTheNeighboursOfTheSurrogates) {
  EXPECT_TRUE(valid_utf8("\xf4\x8f\xbf\xbf"));
  EXPECT_TRUE(valid_utf8("\xed\x9f\xbf\xee\x80\x80"));
  EXPECT_TRUE(valid_utf8(std::string_view("\0", 1)));
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  EXPECT_FALSE(valid_utf8("\xc0\xaf"));             // Overlong.
  EXPECT_FALSE(valid_utf8("\xe0\x80\xaf"));         // Overlong.
  EXPECT_FALSE(valid_utf8("\xed\xa0\x80"));         // A surrogate.
  EXPECT_FALSE(valid_utf8("\xf4\x90\x80\x80"));     // Above U+10FFFF.
  EXPECT_FALSE(valid_utf8("\x80"));                 // A continuation alone.
  EXPECT_FALSE(valid_utf8("12345678abc\xe2\x82"));  // Cut short.
  EXPECT_FALSE(valid_utf8("12345678\xff"));
}

TEST(Utf8, WritesEveryCodePointAsItIsRead) {
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    if (c == 0xd800) c = 0xe000;  // Surrogates.
    const std::string text = utf8_of(c);
    std::string_view rest = text;
    ASSERT_EQ(take_code_point(rest), c);
    ASSERT_TRUE(rest.empty()) << text;
  }
}

// ASCII is looked at eight bytes at a time, and the last eight may overlap those before.
TEST(Utf8, FindsABadByteWhereverItStands) {
  for (size_t size = 1; size <= 40; ++size) {
    EXPECT_TRUE(valid_utf8(std::string(size, 'a'))) << size;
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\xff';
      EXPECT_FALSE(valid_utf8(text)) << size << " " << at;
      text.replace(at, 1, "\u20ac");
      EXPECT_TRUE(valid_utf8(text)) << size << " " << at;
      text.erase(at + 2, 1);
      EXPECT_FALSE(valid_utf8(text)) << size << " " << at;
    }
  }
}

}  // namespace
}  // namespace syncmanager

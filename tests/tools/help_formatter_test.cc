#include "tools/command_line/help_formatter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>

namespace syncmanager {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kLong =
    "a description that has more words than one line of a terminal with eighty columns holds";

class HelpFormatterTest : public testing::Test {
 protected:
  HelpFormatterTest() { app_.formatter(std::make_shared<HelpFormatter>()); }

  size_t longest_line() const {
    std::istringstream lines(app_.help());
    size_t longest = 0;
    for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
    return longest;
  }

  CLI::App app_{"Counts.", "counter"};
  std::string text_;
  bool flag_ = false;
};

TEST_F(HelpFormatterTest, EveryPartIsWrapped) {
  app_.description(std::string(kLong) + ", " + kLong);
  app_.add_option("--size", text_, kLong);
  app_.add_option("file", text_, kLong);
  app_.add_flag("--a-name-that-is-as-long-as-the-left-column", flag_, kLong)->group("Others");
  app_.add_subcommand("add", kLong);
  app_.footer(std::string(kLong) + ", " + kLong);
  EXPECT_LE(longest_line(), 80);
  EXPECT_GT(longest_line(), 70);
}

TEST_F(HelpFormatterTest, ADescriptionBeginsInItsColumn) {
  app_.get_formatter()->column_width(14);
  app_.add_option("--size", text_, "How large");
  app_.add_option("--size-of-it", text_, "How large");
  EXPECT_THAT(app_.help(), HasSubstr("\n  --size TEXT\n              How large\n"));
  app_.get_formatter()->column_width(15);
  EXPECT_THAT(app_.help(), HasSubstr("\n  --size TEXT  How large\n"));
  EXPECT_THAT(app_.help(), HasSubstr("\n  --size-of-it TEXT\n               How large\n"));
}

TEST_F(HelpFormatterTest, LinesOfAParagraphAreJoinedAndOthersStay) {
  app_.footer("Two\nlines.\n\nExamples:\n  counter   1\n$ counter\nThe\nend.");
  EXPECT_THAT(app_.help(),
              EndsWith("\n\nTwo lines.\n\nExamples:\n  counter   1\n$ counter\nThe end.\n"));
}

TEST_F(HelpFormatterTest, AWordLongerThanALineHasALineOfItsOwn) {
  const std::string word(90, 'x');
  app_.footer("before " + word + " after");
  EXPECT_THAT(app_.help(), EndsWith("\nbefore\n" + word + "\nafter\n"));
}

TEST_F(HelpFormatterTest, NotesFollowTheDescription) {
  app_.get_formatter()->column_width(20);
  app_.add_option("--url", text_, "Where")->envname("COUNTER_URL");
  app_.add_option("-n,--number", text_, "How often")->default_str("7")->excludes("--url");
  app_.add_flag("--twice", flag_, "Again")->needs("--number");
  const std::string help = app_.help();
  EXPECT_THAT(help, HasSubstr("Where (environment: COUNTER_URL; not with --number)\n"));
  EXPECT_THAT(help, HasSubstr("  -n, --number TEXT\n"));
  EXPECT_THAT(help, HasSubstr("How often (default: 7; not with --url)\n"));
  EXPECT_THAT(help, HasSubstr("  --twice           Again (needs --number)\n"));
}

TEST_F(HelpFormatterTest, AFlagThatCanBeSwitchedOffHasBothNames) {
  app_.add_flag("--loud,!--no-loud", flag_, "Shout");
  EXPECT_THAT(app_.help(), HasSubstr("\n  --loud, --no-loud           Shout\n"));
}

TEST_F(HelpFormatterTest, ThereAreNoDoubleEmptyLines) {
  app_.add_flag("--a", flag_, "A")->group("First");
  app_.add_flag("--b", flag_, "B")->group("Second");
  app_.add_flag("--old", flag_)->group("");
  app_.footer("\nThe end.\n\n");
  EXPECT_THAT(app_.help(), StartsWith("Counts.\n\nUsage: counter [OPTIONS]\n\n"));
  EXPECT_THAT(app_.help(), Not(HasSubstr("\n\n\n")));
  EXPECT_THAT(app_.help(), EndsWith("\n\nThe end.\n"));
  EXPECT_THAT(app_.help(), Not(HasSubstr("--old")));
}

TEST_F(HelpFormatterTest, ACommandInheritsIt) {
  CLI::App& add = *app_.add_subcommand("add", kLong);
  std::vector<std::string> words;
  add.add_option("words", words, kLong)->required();
  app_.parse(std::vector<std::string>{"x", "add"});
  EXPECT_THAT(app_.help(), HasSubstr("\n  words...   "));
  EXPECT_LE(longest_line(), 80);
}

}  // namespace
}  // namespace syncmanager

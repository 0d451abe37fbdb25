#include "tools/command_line/spelling.h"

#include <gtest/gtest.h>

namespace syncmanager {
namespace {

TEST(SpellingTest, TheNearestCandidateIsFound) {
  EXPECT_EQ(nearest("lisen", {"--version", "listen", "list"}), "listen");
  EXPECT_EQ(nearest("sl", {"ls", "rm"}), "ls");
  EXPECT_EQ(nearest("listen", {"list", "listen"}), "listen");
}

TEST(SpellingTest, MoreThanTwoChangesAreNoSlip) {
  EXPECT_EQ(nearest("lsn", {"listening"}), "");
  EXPECT_EQ(nearest("ab", {"cd"}), "");
  EXPECT_EQ(nearest("ab", {}), "");
}

}  // namespace
}  // namespace syncmanager

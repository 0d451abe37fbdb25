#include "manager/transport/wrong_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace syncmanager::manager {
namespace {

using std::chrono::seconds;

class WrongKeysTest : public testing::Test {
 protected:
  void add(const std::string& source, int times) {
    for (int i = 0; i < times; ++i) wrong_keys.add(source, now);
  }

  WrongKeys wrong_keys{WrongKeys::Limits{}};
  Time now{seconds(1000)};
};

TEST_F(WrongKeysTest, ASourceMayTryFive) {
  add("1.2.3.4", 4);
  EXPECT_FALSE(wrong_keys.are_many("1.2.3.4", now));
  add("1.2.3.4", 1);
  EXPECT_TRUE(wrong_keys.are_many("1.2.3.4", now));
  EXPECT_FALSE(wrong_keys.are_many("1.2.3.5", now));
}

TEST_F(WrongKeysTest, OneIsForgivenAfterTenSecondsAndNotBefore) {
  add("1.2.3.4", 5);
  now += seconds(10) - std::chrono::microseconds(1);
  EXPECT_TRUE(wrong_keys.are_many("1.2.3.4", now));
  now += std::chrono::microseconds(1);
  EXPECT_FALSE(wrong_keys.are_many("1.2.3.4", now));
  add("1.2.3.4", 1);
  EXPECT_TRUE(wrong_keys.are_many("1.2.3.4", now));
}

TEST_F(WrongKeysTest, ThoseOfConnectionsAlreadyInsideCostNoMoreThanFive) {
  add("1.2.3.4", 10);
  now += seconds(10);
  EXPECT_FALSE(wrong_keys.are_many("1.2.3.4", now));
}

TEST_F(WrongKeysTest, UnixSocketsAreNotCounted) {
  add("", 100);
  EXPECT_FALSE(wrong_keys.are_many("", now));
}

TEST(WrongKeysMemoryTest, WhoIsForgivenFirstMakesRoom) {
  WrongKeys wrong_keys(WrongKeys::Limits{.max = 1, .sources = 2});
  Time now{seconds(1000)};
  wrong_keys.add("1.1.1.1", now);
  wrong_keys.add("2.2.2.2", now + seconds(1));
  wrong_keys.add("3.3.3.3", now + seconds(2));

  now += seconds(2);
  EXPECT_TRUE(wrong_keys.are_many("2.2.2.2", now));
  EXPECT_TRUE(wrong_keys.are_many("3.3.3.3", now));
  EXPECT_FALSE(wrong_keys.are_many("1.1.1.1", now));
}

}  // namespace
}  // namespace syncmanager::manager

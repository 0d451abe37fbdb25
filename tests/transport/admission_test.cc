#include "manager/transport/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace syncmanager {
namespace {

using std::chrono::seconds;
using Verdict = Admission::Verdict;

constexpr uint32_t kLucky = 99, kUnlucky = 0;

class AdmissionTest : public testing::Test {
 protected:
  // `count` connections, each from a source of its own.
  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(admission.admit("10.0.0." + std::to_string(i), kLucky, now), Verdict::kAdmitted);
    }
  }
  void fail(const std::string& source, int times) {
    for (int i = 0; i < times; ++i) {
      ASSERT_EQ(admission.admit(source, kLucky, now), Verdict::kAdmitted);
      admission.failed(source, now);
      admission.closed(source);
    }
  }

  Admission admission{Admission::Limits{}};
  Admission::Instant now{seconds(1000)};
};

TEST_F(AdmissionTest, ASourceMayHaveTenUnauthenticatedConnections) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(admission.admit("1.2.3.4", kLucky, now), Verdict::kAdmitted);
  }
  EXPECT_EQ(admission.admit("1.2.3.4", kLucky, now), Verdict::kTooManyOfSource);
  EXPECT_EQ(admission.admit("1.2.3.5", kLucky, now), Verdict::kAdmitted);

  admission.closed("1.2.3.4");
  EXPECT_EQ(admission.admit("1.2.3.4", kLucky, now), Verdict::kAdmitted);
}

TEST_F(AdmissionTest, AConnectionThatProvedAKeyMakesRoom) {
  for (int i = 0; i < 10; ++i) admission.admit("1.2.3.4", kLucky, now);
  admission.authenticated("1.2.3.4", now);

  EXPECT_EQ(admission.unauthenticated(), 9);
  EXPECT_EQ(admission.admit("1.2.3.4", kLucky, now), Verdict::kAdmitted);
}

TEST_F(AdmissionTest, NobodyIsDroppedByChanceBelowTen) {
  fill(9);
  EXPECT_EQ(admission.admit("1.2.3.4", kUnlucky, now), Verdict::kAdmitted);
  EXPECT_EQ(admission.admit("1.2.3.5", kUnlucky, now), Verdict::kDroppedEarly);
}

TEST_F(AdmissionTest, ThirtyOfAHundredAreDroppedFromTenOn) {
  fill(10);
  EXPECT_EQ(admission.admit("1.2.3.4", 29, now), Verdict::kDroppedEarly);
  EXPECT_EQ(admission.admit("1.2.3.4", 30, now), Verdict::kAdmitted);
}

TEST_F(AdmissionTest, SixtyFiveOfAHundredAreDroppedHalfWayToTheLimit) {
  fill(55);
  EXPECT_EQ(admission.admit("1.2.3.4", 64, now), Verdict::kDroppedEarly);
  EXPECT_EQ(admission.admit("1.2.3.4", 65, now), Verdict::kAdmitted);
}

TEST_F(AdmissionTest, TheHundredAndFirstIsRefusedWithAnyLuck) {
  fill(100);
  EXPECT_EQ(admission.admit("1.2.3.4", kLucky, now), Verdict::kTooMany);
}

TEST_F(AdmissionTest, ASourceThatProvedAKeyIsNotDroppedByChanceForAnHour) {
  ASSERT_EQ(admission.admit("1.2.3.4", kLucky, now), Verdict::kAdmitted);
  admission.authenticated("1.2.3.4", now);
  fill(50);

  now += seconds(3599);
  EXPECT_EQ(admission.admit("1.2.3.4", kUnlucky, now), Verdict::kAdmitted);
  now += seconds(1);
  EXPECT_EQ(admission.admit("1.2.3.4", kUnlucky, now), Verdict::kDroppedEarly);
}

TEST_F(AdmissionTest, TheSixthConnectionAfterFiveFailuresIsRefused) {
  fail("1.2.3.4", 5);
  EXPECT_EQ(admission.admit("1.2.3.4", kLucky, now), Verdict::kTooManyFailures);
  EXPECT_EQ(admission.admit("1.2.3.5", kLucky, now), Verdict::kAdmitted);
}

TEST_F(AdmissionTest, AFailureIsForgivenAfterTenSecondsAndNotBefore) {
  fail("1.2.3.4", 5);

  now += seconds(10) - std::chrono::nanoseconds(1);
  EXPECT_EQ(admission.admit("1.2.3.4", kLucky, now), Verdict::kTooManyFailures);
  now += std::chrono::nanoseconds(1);
  fail("1.2.3.4", 1);
  EXPECT_EQ(admission.admit("1.2.3.4", kLucky, now), Verdict::kTooManyFailures);
}

TEST_F(AdmissionTest, FailuresOfConnectionsAlreadyInsideCostNoMoreThanFive) {
  for (int i = 0; i < 10; ++i) admission.admit("1.2.3.4", kLucky, now);
  for (int i = 0; i < 10; ++i) admission.failed("1.2.3.4", now);
  for (int i = 0; i < 10; ++i) admission.closed("1.2.3.4");

  now += seconds(10);
  EXPECT_EQ(admission.admit("1.2.3.4", kLucky, now), Verdict::kAdmitted);
}

TEST_F(AdmissionTest, UnixSocketsHaveALimitOfTheirOwnAndNoOther) {
  for (int i = 0; i < 100; ++i) {
    admission.failed("", now);
    ASSERT_EQ(admission.admit("", kUnlucky, now), Verdict::kAdmitted);
  }
  EXPECT_EQ(admission.admit("", kLucky, now), Verdict::kTooMany);
  EXPECT_EQ(admission.admit("1.2.3.4", kUnlucky, now), Verdict::kAdmitted);
}

TEST_F(AdmissionTest, AFloodFromTheNetworkDoesNotShutOutUnixSockets) {
  fill(100);
  EXPECT_EQ(admission.admit("", kUnlucky, now), Verdict::kAdmitted);
}

TEST(AdmissionMemoryTest, WhoFailedIsRememberedWhileOthersPassThrough) {
  Admission admission(Admission::Limits{.failures = 1, .sources = 8});
  Admission::Instant now{seconds(1000)};
  admission.failed("1.2.3.4", now);
  for (int i = 0; i < 100; ++i) {
    const std::string source = "10.0.0." + std::to_string(i);
    ASSERT_EQ(admission.admit(source, kLucky, now), Verdict::kAdmitted);
    admission.closed(source);
  }
  EXPECT_EQ(admission.admit("1.2.3.4", kLucky, now), Verdict::kTooManyFailures);
}

TEST(AdmissionMemoryTest, TheSourceThatWasQuietForLongestMakesRoom) {
  Admission admission(Admission::Limits{.failures = 1, .sources = 2});
  Admission::Instant now{seconds(1000)};
  admission.failed("1.1.1.1", now);
  admission.failed("2.2.2.2", now + seconds(1));
  admission.failed("3.3.3.3", now + seconds(2));

  now += seconds(2);
  EXPECT_EQ(admission.admit("2.2.2.2", kLucky, now), Verdict::kTooManyFailures);
  EXPECT_EQ(admission.admit("3.3.3.3", kLucky, now), Verdict::kTooManyFailures);
  EXPECT_EQ(admission.admit("1.1.1.1", kLucky, now), Verdict::kAdmitted);
}

}  // namespace
}  // namespace syncmanager

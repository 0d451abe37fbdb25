#include "manager/transport/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// The result of parse() for `text`, or its complaint.
std::string parsed(std::string_view text) {
  const absl::StatusOr<Address> address = Address::parse(text);
  return address.ok() ? address->to_string() : std::string(to_std(address.status().message()));
}

TEST(AddressTest, EveryFormIsReadAndPrintedAsClientsTakeIt) {
  EXPECT_EQ(parsed("unix:/run/a.sock"), "unix:/run/a.sock");
  EXPECT_EQ(parsed("tcp://127.0.0.1:7000"), "tcp://127.0.0.1:7000");
  EXPECT_EQ(parsed("localhost:7000"), "tcp://localhost:7000");
  EXPECT_EQ(parsed("[::1]:0"), "tcp://[::1]:0");
}

// Where a client elsewhere needs TLS, the address says so.
TEST(AddressTest, AnAddressOfANetworkIsPrintedWithTls) {
  EXPECT_EQ(parsed("example.org:7000"), "tls://example.org:7000");
  EXPECT_EQ(parsed("tcp://[fe80::1]:65535"), "tls://[fe80::1]:65535");
  EXPECT_EQ(parsed("tls://127.0.0.1:7000"), "tls://127.0.0.1:7000");
  Address trusted = *Address::parse("10.0.0.5:7000");
  trusted.plain = Address::Plain::kEverybody;
  EXPECT_EQ(trusted.to_string(), "tcp://10.0.0.5:7000");
}

TEST(AddressTest, AComplaintQuotesTheTextAndSaysWhatWasExpected) {
  EXPECT_THAT(parsed("7000"), AllOf(HasSubstr("\"7000\""), HasSubstr("port is missing"),
                                    HasSubstr("tcp://host:port")));
  EXPECT_THAT(parsed("host:"), HasSubstr("is no port"));
  EXPECT_THAT(parsed("host:65536"), HasSubstr("is no port"));
  EXPECT_THAT(parsed("host:-1"), HasSubstr("is no port"));
  EXPECT_THAT(parsed("host:80x"), HasSubstr("is no port"));
  EXPECT_THAT(parsed(":7000"), HasSubstr("host is missing"));
  EXPECT_THAT(parsed("::1:7000"), HasSubstr("brackets"));
  EXPECT_THAT(parsed("unix:relative.sock"), HasSubstr("isn't absolute"));
}

TEST(AddressTest, APathLongerThanTheSystemTakesIsRefusedAndNotCutShort) {
  EXPECT_EQ(parsed("unix:/" + std::string(106, 'a')), "unix:/" + std::string(106, 'a'));
  EXPECT_THAT(parsed("unix:/" + std::string(107, 'a')), HasSubstr("108 bytes"));
}

TEST(AddressTest, AZeroByteDoesNotCutAPathShort) {
  EXPECT_THAT(parsed(std::string_view("unix:/a\0b", 9)), HasSubstr("zero byte"));
}

TEST(AddressTest, OnlyThisMachineReachesALoopbackAddress) {
  for (const char* here : {"unix:/a", "localhost:1", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1"}) {
    EXPECT_TRUE(Address::parse(here)->is_loopback()) << here;
  }
  for (const char* open : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "128.0.0.1:1", "example.org:1"}) {
    EXPECT_FALSE(Address::parse(open)->is_loopback()) << open;
  }
}

}  // namespace
}  // namespace syncmanager::manager

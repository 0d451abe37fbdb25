#include "protos/support/host_addresses.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

namespace syncmanager {
namespace {

// tools/dev test on an empty machine runs it without /etc/hosts.
TEST(HostAddresses, LocalhostIsThisHost) {
  HostAddresses found;
  ASSERT_EQ(resolve("localhost", "7000", 0, found), 0);
  bool has_loopback = false;
  for (const addrinfo* each = found.get(); each != nullptr; each = each->ai_next) {
    if (each->ai_family != AF_INET) continue;
    const auto& address = *reinterpret_cast<const sockaddr_in*>(each->ai_addr);
    EXPECT_EQ(ntohl(address.sin_addr.s_addr), INADDR_LOOPBACK);
    EXPECT_EQ(ntohs(address.sin_port), 7000);
    has_loopback = true;
  }
  EXPECT_TRUE(has_loopback);
}

TEST(HostAddresses, ANumberIsItself) {
  HostAddresses found;
  ASSERT_EQ(resolve("127.0.0.9", "1", AI_PASSIVE, found), 0);
  EXPECT_EQ(found->ai_next, nullptr);
}

TEST(HostAddresses, AnUnknownNameIsAnError) {
  HostAddresses found;
  EXPECT_NE(resolve("no such host", "1", 0, found), 0);
  EXPECT_EQ(found, nullptr);
}

}  // namespace
}  // namespace syncmanager

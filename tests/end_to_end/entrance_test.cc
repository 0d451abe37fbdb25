// Who may come in, and for how long without having proved a key: at the real manager.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/bystander.h"
#include "tests/support/http2.h"
#include "tests/support/raw_socket.h"

namespace syncmanager {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

class EntranceTest : public testing::Test {
 protected:
  TestServer server_;
  KeyRing keys_ = *KeyRing::load(server_.key_file());
  const FileKey& key_ = keys_.first();
};

TEST_F(EntranceTest, WhoProvesNoKeyIsCutOffAfterFiveSecondsAndWhoDidGoesOn) {
  Bystander honest(server_, server_.tcp_target());
  const auto begin = steady_clock::now();
  RawSocket silent(server_.tcp_target());
  ASSERT_TRUE(silent.send(http2::preface()));  // Past gRPC's own limit for a handshake.

  ASSERT_TRUE(silent.await_end());
  // gRPC alone would end it after 10 s, when it is idle.
  EXPECT_GE(steady_clock::now() - begin, seconds(5));
  EXPECT_LT(steady_clock::now() - begin, seconds(9));

  honest.expect_others_go_on();
}

TEST(NetworkTest, IsOnlyListenedToOnRequest) {
  // 127.0.0.1 in a notation that isn't taken for loopback, so that the test opens nothing.
  const std::string elsewhere = "--listen=tcp://127.0.0.1:0,tcp://2130706433:0";
  try {
    const TestServer server({elsewhere});
    FAIL() << "it started";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("add --trust-network"));
  }
  EXPECT_NO_THROW(TestServer({elsewhere, "--trust-network"}));
}

TEST_F(EntranceTest, AfterFiveWrongKeysTheSourceIsTurnedAwayAndUnixSocketsAreNot) {
  const KeyRing wrong = *KeyRing::parse(generate_key_line(key_.id), "test");
  for (int i = 0; i < 5; ++i) {
    RawStream stream(server_.tcp_target());
    ASSERT_FALSE(stream.open(wrong.first(), true));
    ASSERT_EQ(stream.error().code(), wire::HandshakeError::UNAUTHENTICATED);
  }

  const auto begin = steady_clock::now();
  RawSocket sixth(server_.tcp_target());
  EXPECT_TRUE(sixth.await_end());
  EXPECT_LT(steady_clock::now() - begin, seconds(4));  // At accept, not when its time is over.
  RawStream near(server_.unix_address());
  EXPECT_TRUE(near.open(key_));
}

TEST_F(EntranceTest, SilentConnectionsByTheHundredDoNotShutOutUnixSockets) {
  std::vector<std::unique_ptr<RawSocket>> flood;
  for (int i = 0; i < 100; ++i) flood.push_back(std::make_unique<RawSocket>(server_.tcp_target()));

  RawStream near(server_.unix_address());
  EXPECT_TRUE(near.open(key_));
}

}  // namespace
}  // namespace syncmanager

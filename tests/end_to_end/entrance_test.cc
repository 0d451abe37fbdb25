// Who may come in, and for how long without having proved a key: at the real manager.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/raw_stream.h"
#include "tests/support/test_server.h"

namespace syncmanager {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr int kSoonMs = 15'000;  // A machine that is late fails a test no sooner than this.

wire::ClientBatch ping(uint64_t id) {
  wire::ClientBatch batch;
  wire::Request& request = *batch.add_requests();
  request.set_id(id);
  request.mutable_registry()->mutable_ping();
  return batch;
}

// A TCP connection that says nothing but what it is told to.
class Silent {
 public:
  explicit Silent(const std::string& target)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const size_t colon = target.rfind(':');
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(static_cast<uint16_t>(std::stoi(target.substr(colon + 1))));
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* address = reinterpret_cast<const sockaddr*>(&name);
    EXPECT_EQ(::connect(socket_, address, sizeof(name)), 0);
  }
  ~Silent() { ::close(socket_); }
  Silent(const Silent&) = delete;
  Silent& operator=(const Silent&) = delete;

  // What a client of HTTP/2 begins with (RFC 9113, 3.4): past gRPC's own limit for a handshake.
  void send_preface_and_settings() const {
    std::string bytes = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    bytes.append("\0\0\0\4\0\0\0\0\0", 9);
    EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  // Reads until the manager ends the connection; false if it doesn't.
  bool await_end() const {
    char bytes[256];
    while (true) {
      pollfd watched{socket_, POLLIN, 0};
      if (::poll(&watched, 1, kSoonMs) != 1) return false;
      if (::recv(socket_, bytes, sizeof(bytes), 0) <= 0) return true;
    }
  }

 private:
  int socket_;
};

class EntranceTest : public testing::Test {
 protected:
  TestServer server_;
  KeyRing keys_ = *KeyRing::load(server_.key_file());
  const FileKey& key_ = keys_.first();
};

TEST_F(EntranceTest, WhoProvesNoKeyIsCutOffAfterFiveSecondsAndWhoDidGoesOn) {
  RawStream honest(server_.tcp_target());
  ASSERT_TRUE(honest.open(key_, true));
  const auto begin = steady_clock::now();
  const Silent silent(server_.tcp_target());
  silent.send_preface_and_settings();

  ASSERT_TRUE(silent.await_end());
  // gRPC alone would end it after 10 s, when it is idle.
  EXPECT_GE(steady_clock::now() - begin, seconds(5));
  EXPECT_LT(steady_clock::now() - begin, seconds(9));

  ASSERT_TRUE(honest.send_batch(ping(1)));
  const auto answered = honest.receive_batch();
  ASSERT_TRUE(answered.has_value());
  ASSERT_EQ(answered->replies_size(), 1);
  EXPECT_EQ(answered->replies(0).outcome(), wire::OK);
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
  const Silent sixth(server_.tcp_target());
  EXPECT_TRUE(sixth.await_end());
  EXPECT_LT(steady_clock::now() - begin, seconds(4));  // At accept, not when its time is over.
  RawStream near(server_.unix_address());
  EXPECT_TRUE(near.open(key_));
}

TEST_F(EntranceTest, SilentConnectionsByTheHundredDoNotShutOutUnixSockets) {
  std::vector<std::unique_ptr<Silent>> flood;
  for (int i = 0; i < 100; ++i) flood.push_back(std::make_unique<Silent>(server_.tcp_target()));

  RawStream near(server_.unix_address());
  EXPECT_TRUE(near.open(key_));
}

}  // namespace
}  // namespace syncmanager

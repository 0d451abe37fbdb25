#include "tests/support/chaos_proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include "tests/support/await.h"
#include "tests/support/connect_to.h"

namespace syncmanager::manager {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Direction = ChaosProxy::Direction;

constexpr int kSoonMs = 10'000;  // A machine that is late fails a test no sooner than this.

bool is_readable(const FileDescriptor& end, int timeout_ms) {
  pollfd watched{end.get(), POLLIN, 0};
  return ::poll(&watched, 1, timeout_ms) == 1;
}

void say(const FileDescriptor& end, std::string_view bytes) {
  ASSERT_EQ(::send(end.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

// The next `count` bytes; fewer if the connection ends before.
std::string hear(const FileDescriptor& end, size_t count) {
  std::string heard(count, '\0');
  size_t size = 0;
  while (size < count && is_readable(end, kSoonMs)) {
    const ssize_t more = ::recv(end.get(), heard.data() + size, count - size, 0);
    if (more <= 0) break;
    size += static_cast<size_t>(more);
  }
  heard.resize(size);
  return heard;
}

enum class Ending { kNone, kInOrder, kReset };

// How the connection ends, for somebody who reads there.
Ending ending_of(const FileDescriptor& end) {
  if (!is_readable(end, kSoonMs)) return Ending::kNone;
  char byte = 0;
  const ssize_t count = ::recv(end.get(), &byte, 1, MSG_DONTWAIT);
  if (count == 0) return Ending::kInOrder;
  return count < 0 && errno == ECONNRESET ? Ending::kReset : Ending::kNone;
}

// A listener behind the proxy; the test plays both the clients and the server.
class ChaosProxyTest : public testing::Test {
 protected:
  FileDescriptor connect(const std::string& address) {
    return connect_to(*Address::parse(address));
  }
  FileDescriptor connect() { return connect(proxy_.tcp_address()); }
  FileDescriptor accept() {
    if (!is_readable(FileDescriptor(::dup(listener_->descriptor())), kSoonMs)) return {};
    return FileDescriptor(::accept4(listener_->descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  // Until the proxy has counted as far as that.
  template <typename Condition>
  bool comes_to(Condition condition) {
    return await([&] { return condition(proxy_.counts()); }, milliseconds(kSoonMs));
  }

  std::unique_ptr<Listener> listener_ = *Listener::open(*Address::parse("127.0.0.1:0"));
  ChaosProxy proxy_{listener_->address().to_string()};
};

TEST_F(ChaosProxyTest, WithoutAFaultItPassesOnBothWaysAndCounts) {
  for (const std::string& address : {proxy_.tcp_address(), proxy_.unix_address()}) {
    const FileDescriptor client = connect(address), server = accept();
    say(client, "question");
    EXPECT_EQ(hear(server, 8), "question");
    say(server, "answer");
    EXPECT_EQ(hear(client, 6), "answer");
  }

  EXPECT_TRUE(comes_to([](const auto& counts) { return counts.open == 0; }));
  EXPECT_EQ(proxy_.counts().connections, 2);
  EXPECT_EQ(proxy_.counts().to_server, 16);
  EXPECT_EQ(proxy_.counts().to_client, 12);
}

TEST_F(ChaosProxyTest, MoreThanItHasRoomForArrivesWhole) {
  const FileDescriptor client = connect(), server = accept();
  const std::string much(16 << 20, 'x');
  std::thread speaker([&] { say(client, much); });
  EXPECT_EQ(hear(server, much.size()), much);
  speaker.join();
}

TEST_F(ChaosProxyTest, AnEndIsPassedOnBehindTheLastByteAndTheOtherWayGoesOn) {
  const FileDescriptor client = connect(), server = accept();
  say(client, "last");
  ::shutdown(client.get(), SHUT_WR);
  EXPECT_EQ(hear(server, 4), "last");
  EXPECT_EQ(ending_of(server), Ending::kInOrder);

  say(server, "answer");
  EXPECT_EQ(hear(client, 6), "answer");
  EXPECT_EQ(proxy_.counts().open, 1);
}

TEST_F(ChaosProxyTest, AClientIsResetIfNobodyListensBehind) {
  listener_.reset();
  EXPECT_EQ(ending_of(connect()), Ending::kReset);
}

TEST_F(ChaosProxyTest, ADelayHoldsUpBytesAndTheEndUntilItIsHealed) {
  const FileDescriptor client = connect(), server = accept();
  proxy_.delay(milliseconds(30));
  const auto start = steady_clock::now();
  say(client, "late");
  EXPECT_EQ(hear(server, 4), "late");
  EXPECT_GE(steady_clock::now() - start, milliseconds(30));

  proxy_.delay(std::chrono::hours(1));
  say(client, "bye");
  ::shutdown(client.get(), SHUT_WR);
  proxy_.heal();
  EXPECT_EQ(hear(server, 3), "bye");
  EXPECT_EQ(ending_of(server), Ending::kInOrder);
}

TEST_F(ChaosProxyTest, AThrottleLetsSoManyBytesThroughEachSecond) {
  const FileDescriptor client = connect(), server = accept();
  proxy_.throttle(1000);
  const auto start = steady_clock::now();
  say(client, std::string(120, 'x'));
  EXPECT_EQ(hear(server, 120).size(), 120u);
  // The first 20 leave at once.
  EXPECT_GE(steady_clock::now() - start, milliseconds(80));
}

TEST_F(ChaosProxyTest, AThrottleOfNothingKeepsEverythingUntilItIsHealed) {
  const FileDescriptor client = connect(), server = accept();
  proxy_.throttle(0);
  say(client, "kept");
  EXPECT_EQ(proxy_.counts().to_server, 0);

  proxy_.heal();
  EXPECT_EQ(hear(server, 4), "kept");
}

TEST_F(ChaosProxyTest, EachByteTravelsInASegmentOfItsOwn) {
  const FileDescriptor client = connect(), server = accept();
  proxy_.one_byte_segments();
  say(client, "segments");
  EXPECT_EQ(hear(server, 8), "segments");

  tcp_info info{};
  socklen_t size = sizeof(info);
  ASSERT_EQ(::getsockopt(server.get(), IPPROTO_TCP, TCP_INFO, &info, &size), 0);
  EXPECT_EQ(info.tcpi_data_segs_in, 8u);
}

TEST_F(ChaosProxyTest, ABlackHoleSwallowsBothWaysAndTellsNobodyOfAnEnd) {
  const FileDescriptor client = connect();
  FileDescriptor server = accept();
  proxy_.black_hole();
  say(client, "question");
  say(server, "answer");
  EXPECT_TRUE(comes_to([](const auto& counts) { return counts.swallowed == 14; }));
  server.reset();
  EXPECT_EQ(proxy_.counts().open, 1);
  EXPECT_FALSE(is_readable(client, 0));

  proxy_.heal();
  EXPECT_EQ(ending_of(client), Ending::kReset);
}

TEST_F(ChaosProxyTest, ABlackHoleAcceptsConnectionsOfWhichTheTargetHearsNothing) {
  proxy_.black_hole();
  const FileDescriptor client = connect();
  say(client, "hello");
  EXPECT_TRUE(comes_to([](const auto& counts) { return counts.swallowed == 5; }));
  EXPECT_FALSE(is_readable(client, 0));

  proxy_.heal();
  EXPECT_EQ(ending_of(client), Ending::kReset);
  const FileDescriptor next = connect(), server = accept();
  say(next, "hello again");
  EXPECT_EQ(hear(server, 11), "hello again");
}

TEST_F(ChaosProxyTest, AConnectionThatLostNothingInTheBlackHoleGoesOn) {
  const FileDescriptor client = connect(), server = accept();
  proxy_.black_hole();
  proxy_.heal();
  say(client, "still here");
  EXPECT_EQ(hear(server, 10), "still here");
}

TEST_F(ChaosProxyTest, AResetReachesBothEndsOfEveryConnectionAndNoneThatComeLater) {
  const FileDescriptor one = connect(), server_of_one = accept();
  const FileDescriptor other = connect(), server_of_other = accept();
  proxy_.reset_all();
  for (const FileDescriptor* end : {&one, &server_of_one, &other, &server_of_other}) {
    EXPECT_EQ(ending_of(*end), Ending::kReset);
  }
  EXPECT_EQ(proxy_.counts().open, 0);

  const FileDescriptor later = connect(), server = accept();
  say(later, "back");
  EXPECT_EQ(hear(server, 4), "back");
}

TEST_F(ChaosProxyTest, AHalfCloseTellsTheReceiverAndLeavesTheOtherWay) {
  const FileDescriptor client = connect(), server = accept();
  proxy_.half_close(Direction::kToServer);
  EXPECT_EQ(ending_of(server), Ending::kInOrder);
  say(client, "unheard");
  say(server, "answer");
  EXPECT_EQ(hear(client, 6), "answer");
  EXPECT_EQ(proxy_.counts().to_server, 0);

  proxy_.half_close(Direction::kToClient);
  EXPECT_EQ(ending_of(client), Ending::kInOrder);
  EXPECT_TRUE(comes_to([](const auto& counts) { return counts.open == 0; }));
}

}  // namespace
}  // namespace syncmanager::manager

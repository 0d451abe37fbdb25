#include "manager/transport/lobby.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/socket_pair.h"

namespace syncmanager {
namespace {

using std::chrono::seconds;
using Verdict = Admission::Verdict;

constexpr uint32_t kLucky = 99;
constexpr int kSoonMs = 5000;  // A machine that is late fails a test no sooner than this.

class LobbyTest : public testing::Test {
 protected:
  SocketPair enter(SocketPair pair) {
    EXPECT_EQ(lobby.admit(pair.server(), kLucky, now), Verdict::kAdmitted);
    return pair;
  }
  static std::string peer_of(const SocketPair& pair) {
    return "ipv4:127.0.0.1:" + std::to_string(pair.port());
  }

  Admission admission{Admission::Limits{}};
  Lobby lobby{admission};
  Lobby::Instant now{seconds(1000)};
};

TEST_F(LobbyTest, AConnectionWithoutProofIsShutDownAfterFiveSecondsAndNotBefore) {
  const SocketPair silent = enter(SocketPair::tcp());

  EXPECT_EQ(lobby.sweep(now + seconds(5) - std::chrono::nanoseconds(1)).late, 0);
  EXPECT_FALSE(silent.is_over(0));

  EXPECT_EQ(lobby.sweep(now + seconds(5)).late, 1);
  EXPECT_TRUE(silent.is_over(kSoonMs));
  EXPECT_EQ(admission.unauthenticated(), 0);
  EXPECT_EQ(lobby.next_sweep(), Lobby::Instant::max());
}

// gRPC would take in whatever comes, and end the streams of others when it has no more room.
TEST_F(LobbyTest, AConnectionThatSendsMoreThanAHandshakeIsShutDown) {
  const SocketPair greedy = enter(SocketPair::tcp());
  const std::string handshake(Lobby::kReceivedBytes, 'x');
  const auto send = [&](std::string_view bytes) {
    ASSERT_EQ(::send(greedy.client(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
  };
  EXPECT_EQ(lobby.next_sweep(), now + Lobby::kLook);
  send(handshake);
  EXPECT_EQ(lobby.sweep(now).greedy, 0);

  send("x");
  while (lobby.sweep(now).greedy == 0) {
  }
  EXPECT_TRUE(greedy.is_over(kSoonMs));
  EXPECT_EQ(admission.unauthenticated(), 0);
}

TEST_F(LobbyTest, WhoProvedAKeyStaysAndTheOthersGo) {
  const SocketPair silent = enter(SocketPair::tcp());
  const SocketPair honest = enter(SocketPair::tcp());
  lobby.authenticated(peer_of(honest), now);

  EXPECT_EQ(lobby.sweep(now + seconds(5)).late, 1);
  EXPECT_TRUE(silent.is_over(kSoonMs));
  EXPECT_FALSE(honest.is_over(0));
}

TEST_F(LobbyTest, AConnectionOverIpv6IsKnownByItsEscapedName) {
  const SocketPair honest = enter(SocketPair::tcp(AF_INET6));
  lobby.authenticated("ipv6:%5B::1%5D:" + std::to_string(honest.port()), now);

  EXPECT_EQ(admission.unauthenticated(), 0);
  EXPECT_EQ(lobby.sweep(now + seconds(5)).late, 0);
  EXPECT_FALSE(honest.is_over(0));
}

TEST_F(LobbyTest, AProofUnderAnUnknownNameFreesNobody) {
  const SocketPair silent = enter(SocketPair::tcp());
  lobby.authenticated("ipv4:127.0.0.1:1", now);
  lobby.authenticated("ipv4:127.0.0.1:%zz%", now);
  lobby.authenticated("unix:", now);

  EXPECT_EQ(admission.unauthenticated(), 1);
  EXPECT_EQ(lobby.sweep(now + seconds(5)).late, 1);
}

TEST_F(LobbyTest, AConnectionThatItsClientClosedMakesRoomForTheNext) {
  std::vector<SocketPair> ten;
  for (int i = 0; i < 10; ++i) ten.push_back(enter(SocketPair::tcp()));
  const SocketPair next = SocketPair::tcp();
  ASSERT_EQ(lobby.admit(next.server(), kLucky, now), Verdict::kTooManyOfSource);

  ten.front().close_client();
  pollfd seen{ten.front().server(), POLLRDHUP, 0};
  ASSERT_EQ(::poll(&seen, 1, kSoonMs), 1);

  EXPECT_EQ(lobby.admit(next.server(), kLucky, now), Verdict::kAdmitted);
}

TEST_F(LobbyTest, AConnectionThatStoppedSendingDoesNotStayUncounted) {
  const SocketPair half = enter(SocketPair::tcp());
  ::shutdown(half.client(), SHUT_WR);
  pollfd seen{half.server(), POLLRDHUP, 0};
  ASSERT_EQ(::poll(&seen, 1, kSoonMs), 1);

  EXPECT_EQ(lobby.sweep(now).left, 1);

  EXPECT_EQ(admission.unauthenticated(), 0);
  EXPECT_TRUE(half.is_over(kSoonMs));
}

TEST_F(LobbyTest, FiveFailedProofsShutTheSourceOutForAWhile) {
  SocketPair wrong = enter(SocketPair::tcp());
  for (int i = 0; i < 5; ++i) lobby.failed(peer_of(wrong), now);

  const SocketPair next = SocketPair::tcp();
  EXPECT_EQ(lobby.admit(next.server(), kLucky, now), Verdict::kTooManyFailures);
  now += seconds(10);
  EXPECT_EQ(lobby.admit(next.server(), kLucky, now), Verdict::kAdmitted);
}

TEST_F(LobbyTest, AUnixConnectionIsNeverShutDownAsItsProofCannotBeTold) {
  const SocketPair first = enter(SocketPair::unix_socket());
  const SocketPair second = enter(SocketPair::unix_socket());
  lobby.authenticated("unix:", now);
  EXPECT_EQ(admission.unauthenticated(), 1);

  EXPECT_EQ(lobby.sweep(now + seconds(5)).late, 0);
  EXPECT_EQ(admission.unauthenticated(), 0);
  EXPECT_FALSE(first.is_over(0));
  EXPECT_FALSE(second.is_over(0));
}

TEST_F(LobbyTest, TheEndOfTheLobbyEndsNoConnection) {
  const SocketPair pair = SocketPair::tcp();
  {
    Admission others{Admission::Limits{}};
    Lobby short_lived(others);
    ASSERT_EQ(short_lived.admit(pair.server(), kLucky, now), Verdict::kAdmitted);
  }
  EXPECT_FALSE(pair.is_over(0));
}

}  // namespace
}  // namespace syncmanager

#include "manager/transport/acceptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/connect_to.h"

namespace syncmanager::manager {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A unix and a TCP listener, whose connections are kept.
class Entrance {
 public:
  explicit Entrance(int lifeline = -1) {
    std::string name = testing::TempDir() + "acceptor_XXXXXX";
    directory_ = ::mkdtemp(name.data());
    std::vector<std::unique_ptr<Listener>> listeners;
    listeners.push_back(*Listener::open(*Address::parse("unix:" + directory_ + "/s")));
    listeners.push_back(*Listener::open(*Address::parse("127.0.0.1:0")));
    unix_ = listeners[0]->address();
    tcp_ = listeners[1]->address();
    acceptor_ = std::make_unique<Acceptor>(
        std::move(listeners),
        [this](FileDescriptor socket, Peer peer) {
          sockets_.push_back(std::move(socket));
          peers_.push_back(std::move(peer));
        },
        lifeline);
  }
  ~Entrance() {
    acceptor_.reset();
    std::filesystem::remove_all(directory_);
  }

  FileDescriptor connect_unix() const { return connect_to(unix_); }
  FileDescriptor connect_tcp() const { return connect_to(tcp_); }
  // With a unix socket that is there already.
  bool connect_with(const FileDescriptor& client) const {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    unix_.path.copy(name.sun_path, sizeof(name.sun_path) - 1);
    return ::connect(client.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0;
  }
  // Whether somebody waits to be accepted.
  bool is_ready() const {
    pollfd watched{acceptor_->descriptor(), POLLIN, 0};
    return ::poll(&watched, 1, 0) == 1;
  }
  void accept_all() {
    while (is_ready()) acceptor_->accept_some(now);
  }
  // Closes what was handed over.
  void let_go() { sockets_.clear(); }
  Acceptor& acceptor() { return *acceptor_; }
  const std::vector<Peer>& peers() const { return peers_; }

  Time now{seconds(1000)};

 private:
  std::string directory_;
  Address unix_, tcp_;
  std::vector<FileDescriptor> sockets_;
  std::vector<Peer> peers_;
  std::unique_ptr<Acceptor> acceptor_;
};

// Whether the other end has closed the connection.
bool is_over(const FileDescriptor& client) {
  pollfd watched{client.get(), POLLRDHUP, 0};
  return ::poll(&watched, 1, 0) == 1;
}

TEST(AcceptorTest, ConnectionsOfAllListenersAreHandedOverWithTheirPeers) {
  Entrance entrance;
  const FileDescriptor near = entrance.connect_unix();
  entrance.accept_all();
  const FileDescriptor far = entrance.connect_tcp();
  entrance.accept_all();

  ASSERT_EQ(entrance.peers().size(), 2u);
  const Peer& own = entrance.peers()[0];
  EXPECT_TRUE(own.is_unix);
  EXPECT_TRUE(own.is_own_user);
  EXPECT_TRUE(own.is_here);
  EXPECT_EQ(own.source, "");
  EXPECT_EQ(own.name,
            "process " + std::to_string(::getpid()) + " of user " + std::to_string(::geteuid()));
  const Peer& other = entrance.peers()[1];
  EXPECT_FALSE(other.is_unix);
  EXPECT_TRUE(other.is_here);
  EXPECT_FALSE(other.needs_tls);
  EXPECT_EQ(other.source, "127.0.0.1");
  EXPECT_TRUE(other.name.starts_with("127.0.0.1:"));
}

TEST(AcceptorTest, ATurnTakesAFew) {
  Entrance entrance;
  std::vector<FileDescriptor> crowd;
  for (int i = 0; i < 50; ++i) crowd.push_back(entrance.connect_unix());
  entrance.acceptor().accept_some(entrance.now);
  EXPECT_LT(entrance.peers().size(), 10u);
  entrance.accept_all();
  EXPECT_EQ(entrance.peers().size(), 50u);
}

TEST(AcceptorTest, ClosedItRefusesAndLeavesOpenConnectionsOpen) {
  Entrance entrance;
  const FileDescriptor open = entrance.connect_unix();
  entrance.accept_all();

  entrance.acceptor().close();
  entrance.acceptor().close();

  EXPECT_FALSE(entrance.connect_unix());
  EXPECT_FALSE(entrance.connect_tcp());
  EXPECT_FALSE(is_over(open));
}

TEST(AcceptorTest, WhoConnectsAfterTheOwnerHasEndedIsNotServed) {
  int lifeline[2];
  ASSERT_EQ(::pipe(lifeline), 0);
  const FileDescriptor read_end(lifeline[0]);
  FileDescriptor owners_end(lifeline[1]);
  Entrance entrance(read_end.get());
  const FileDescriptor before = entrance.connect_unix();
  entrance.accept_all();
  owners_end.reset();
  const FileDescriptor after = entrance.connect_unix();
  entrance.acceptor().accept_some(entrance.now);

  EXPECT_EQ(entrance.peers().size(), 1u);
  EXPECT_FALSE(is_over(before));
  EXPECT_TRUE(is_over(after));
}

// Runs in a process of its own, as its limit must be nobody else's. The clients are of the same
// process, so the limit is set when all of them are there.
void live_through_a_storm() {
  const auto require = [](bool holds, int line) {
    if (!holds) std::_Exit(line);
  };
  Entrance entrance;
  std::vector<FileDescriptor> storm;
  for (int i = 0; i < 8; ++i) storm.push_back(entrance.connect_unix());
  entrance.accept_all();
  require(entrance.peers().size() == 8, 1);

  // The clients' sockets exist before the limit; accepting them is what goes over it.
  std::vector<FileDescriptor> late;
  for (int i = 0; i < 96; ++i) {
    late.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  }
  FileDescriptor next(::dup(0));
  const auto lowest = static_cast<rlim_t>(next.get());
  next.reset();
  rlimit limit{};
  require(::getrlimit(RLIMIT_NOFILE, &limit) == 0, 2);
  const rlimit lowered{lowest, limit.rlim_max};
  require(::setrlimit(RLIMIT_NOFILE, &lowered) == 0, 3);

  for (const FileDescriptor& client : late) {
    require(entrance.connect_with(client), 4);
    entrance.accept_all();
    require(is_over(client), 5);
  }

  storm.clear();
  late.clear();
  entrance.let_go();
  const FileDescriptor after = entrance.connect_unix();
  entrance.accept_all();
  require(entrance.peers().size() == 9, 6);
}

// Ends the process when the entrance has cleared its directory away.
[[noreturn]] void survive_a_storm() {
  live_through_a_storm();
  std::_Exit(0);
}

TEST(AcceptorStormTest, OutOfDescriptorsItShedsAndServesAgainAfterwards) {
  EXPECT_EXIT(survive_a_storm(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace syncmanager::manager

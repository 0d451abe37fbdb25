#include "manager/transport/acceptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/connect_to.h"

namespace syncmanager {
namespace {

using std::chrono::seconds;

constexpr int kSoonMs = 10'000;  // A machine that is late fails a test no sooner than this.

// A unix and a TCP listener with an accept loop. Writes one byte to whoever is handed over, so that
// a client can tell being served from lying in the kernel's backlog.
class Entrance {
 public:
  explicit Entrance(Admission::Limits limits = {}, int lifeline = -1) : admission_(limits) {
    std::string name = testing::TempDir() + "acceptor_XXXXXX";
    directory_ = ::mkdtemp(name.data());
    unix_ = *Listener::open(*Address::parse("unix:" + directory_ + "/s"));
    tcp_ = *Listener::open(*Address::parse("127.0.0.1:0"));
    acceptor_ = std::make_unique<Acceptor>(
        std::vector<Listener*>{unix_.get(), tcp_.get()}, lobby_,
        [this](FileDescriptor socket, const Peer& peer) { take(std::move(socket), peer); },
        lifeline);
  }
  ~Entrance() {
    acceptor_.reset();
    std::filesystem::remove_all(directory_);
  }

  FileDescriptor connect_unix() const { return connect_to(unix_->address()); }
  FileDescriptor connect_tcp() const { return connect_to(tcp_->address()); }
  // With a unix socket that is there already.
  bool connect_with(const FileDescriptor& client) const {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    unix_->address().path.copy(name.sun_path, sizeof(name.sun_path) - 1);
    return ::connect(client.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0;
  }
  Peer await_peer(size_t number) {
    std::unique_lock lock(mutex_);
    const bool came = came_.wait_for(lock, std::chrono::milliseconds(kSoonMs),
                                     [&] { return peers_.size() > number; });
    return came ? peers_[number] : Peer{};
  }
  // Closes what was handed over.
  void let_go() {
    const std::lock_guard lock(mutex_);
    sockets_.clear();
  }
  Acceptor& acceptor() { return *acceptor_; }
  Lobby& lobby() { return lobby_; }

 private:
  void take(FileDescriptor socket, const Peer& peer) {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(::send(socket.get(), "!", 1, MSG_NOSIGNAL), 1);
    sockets_.push_back(std::move(socket));
    peers_.push_back(peer);
    came_.notify_all();
  }

  std::string directory_;
  Admission admission_;
  Lobby lobby_{admission_};
  std::unique_ptr<Listener> unix_, tcp_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<FileDescriptor> sockets_;
  std::vector<Peer> peers_;
  std::unique_ptr<Acceptor> acceptor_;
};

enum class Fate { kServed, kTurnedAway, kIgnored };

Fate fate_of(const FileDescriptor& client, int timeout_ms = kSoonMs) {
  pollfd watched{client.get(), POLLIN, 0};
  if (::poll(&watched, 1, timeout_ms) != 1) return Fate::kIgnored;
  char byte = 0;
  return ::recv(client.get(), &byte, 1, 0) == 1 ? Fate::kServed : Fate::kTurnedAway;
}

TEST(AcceptorTest, ConnectionsOfAllListenersAreHandedOverWithTheirPeers) {
  Entrance entrance;
  const FileDescriptor near = entrance.connect_unix();
  ASSERT_EQ(fate_of(near), Fate::kServed);
  EXPECT_TRUE(entrance.await_peer(0).is_unix);

  const FileDescriptor far = entrance.connect_tcp();
  ASSERT_EQ(fate_of(far), Fate::kServed);
  const Peer peer = entrance.await_peer(1);
  EXPECT_FALSE(peer.is_unix);
  EXPECT_EQ(peer.source, "127.0.0.1");
  EXPECT_NE(peer.port, 0);
}

TEST(AcceptorTest, ConnectionsOverTheLimitAreClosedAndUnixSocketsGoOn) {
  Entrance entrance({.unauthenticated_per_source = 2});
  const FileDescriptor first = entrance.connect_tcp(), second = entrance.connect_tcp();
  ASSERT_EQ(fate_of(first), Fate::kServed);
  ASSERT_EQ(fate_of(second), Fate::kServed);

  const FileDescriptor third = entrance.connect_tcp();
  EXPECT_EQ(fate_of(third), Fate::kTurnedAway);
  const FileDescriptor near = entrance.connect_unix();
  EXPECT_EQ(fate_of(near), Fate::kServed);
}

TEST(AcceptorTest, AConnectionWithoutProofIsShutDownByTheLoopItself) {
  Entrance entrance;
  const auto begin = std::chrono::steady_clock::now();
  const FileDescriptor silent = entrance.connect_tcp();
  ASSERT_EQ(fate_of(silent), Fate::kServed);

  EXPECT_EQ(fate_of(silent), Fate::kTurnedAway);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, Lobby::kPatience);
}

TEST(AcceptorTest, StoppingLeavesOpenConnectionsOpenAndAcceptsNoMore) {
  Entrance entrance;
  const FileDescriptor open = entrance.connect_unix();
  ASSERT_EQ(fate_of(open), Fate::kServed);

  entrance.acceptor().stop();
  entrance.acceptor().stop();

  const FileDescriptor late = entrance.connect_unix();
  ASSERT_TRUE(late);
  EXPECT_EQ(fate_of(late, 0), Fate::kIgnored);
  pollfd still_open{open.get(), POLLIN | POLLRDHUP, 0};
  EXPECT_EQ(::poll(&still_open, 1, 0), 0);
}

TEST(AcceptorTest, WhoConnectsAfterTheOwnerHasEndedIsNotServed) {
  int lifeline[2];
  ASSERT_EQ(::pipe(lifeline), 0);
  const FileDescriptor read_end(lifeline[0]);
  FileDescriptor owners_end(lifeline[1]);
  FileDescriptor before, after;
  {
    Entrance entrance({}, read_end.get());
    before = entrance.connect_unix();
    ASSERT_EQ(fate_of(before), Fate::kServed);
    owners_end.reset();
    after = entrance.connect_unix();
  }
  EXPECT_EQ(fate_of(after), Fate::kTurnedAway);
}

// What the process has used of its processors.
std::chrono::microseconds used_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
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
  for (const FileDescriptor& client : storm) require(fate_of(client) == Fate::kServed, 1);

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

  const auto before = used_time();
  for (const FileDescriptor& client : late) {
    require(entrance.connect_with(client), 4);
    require(fate_of(client) == Fate::kTurnedAway, 5);
  }
  require(used_time() - before < seconds(1), 6);

  storm.clear();
  late.clear();
  entrance.let_go();
  const FileDescriptor after = entrance.connect_unix();
  require(fate_of(after) == Fate::kServed, 7);
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
}  // namespace syncmanager

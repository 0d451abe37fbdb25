#include "manager/transport/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "protos/support/str_cat.h"
#include "tests/support/connect_to.h"

namespace syncmanager::manager {
namespace {

using testing::HasSubstr;

class ListenerTest : public testing::Test {
 protected:
  ListenerTest() {
    std::string name = testing::TempDir() + "listener_XXXXXX";
    directory_ = ::mkdtemp(name.data());
    address_ = *Address::parse("unix:" + path());
  }
  ~ListenerTest() override { std::filesystem::remove_all(directory_); }

  std::string path() const { return directory_ + "/s"; }
  const Address& address() const { return address_; }

  // Whether somebody listens at the path.
  bool answers() const { return static_cast<bool>(connect_to(address_)); }
  // A socket bound by a program that takes no locks.
  FileDescriptor bind_foreign(bool listening) const {
    FileDescriptor foreign(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un name = socket_name();
    EXPECT_EQ(::bind(foreign.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
    if (listening) {
      EXPECT_EQ(::listen(foreign.get(), 1), 0);
    }
    return foreign;
  }
  static std::string complaint(const Address& address) {
    const absl::StatusOr<std::unique_ptr<Listener>> listener = Listener::open(address);
    return listener.ok() ? "" : std::string(to_std(listener.status().message()));
  }

 private:
  sockaddr_un socket_name() const {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path().copy(name.sun_path, sizeof(name.sun_path) - 1);
    return name;
  }

  std::string directory_;
  Address address_;
};

TEST_F(ListenerTest, AUnixSocketIsItsOwnersAloneWhateverTheUmask) {
  const mode_t mask = ::umask(0);
  const auto listener = Listener::open(address());
  ::umask(mask);
  ASSERT_TRUE(listener.ok());

  struct stat there {};
  ASSERT_EQ(::lstat(path().c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 07777u, 0600u);
  ASSERT_EQ(::lstat((path() + ".lock").c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 07777u, 0600u);
}

TEST_F(ListenerTest, ASecondListenerIsRefusedAndTheFirstGoesOn) {
  const auto first = Listener::open(address());
  ASSERT_TRUE(first.ok());

  EXPECT_THAT(complaint(address()), HasSubstr("another program listens there"));
  EXPECT_TRUE(answers());
}

TEST_F(ListenerTest, ALiveSocketOfAProgramWithoutLocksIsNotStolen) {
  const FileDescriptor foreign = bind_foreign(true);

  EXPECT_THAT(complaint(address()), HasSubstr("another program listens there"));
  EXPECT_TRUE(answers());
}

TEST_F(ListenerTest, AStaleSocketIsReplaced) {
  bind_foreign(true).reset();
  ASSERT_FALSE(answers());

  const auto listener = Listener::open(address());
  ASSERT_TRUE(listener.ok());
  EXPECT_TRUE(answers());
}

TEST_F(ListenerTest, AFileThatIsNoSocketIsLeftAlone) {
  std::ofstream(path()) << "precious";

  EXPECT_THAT(complaint(address()), HasSubstr("no socket"));
  std::string text;
  std::ifstream(path()) >> text;
  EXPECT_EQ(text, "precious");
}

TEST_F(ListenerTest, ASymbolicLinkInPlaceOfTheLockIsNotFollowed) {
  const std::string victim = path() + ".victim";
  ASSERT_EQ(::symlink(victim.c_str(), (path() + ".lock").c_str()), 0);

  EXPECT_THAT(complaint(address()), HasSubstr("lock file"));
  EXPECT_FALSE(std::filesystem::exists(victim));
}

TEST_F(ListenerTest, ThePathIsGoneWithTheListenerAndFreeForTheNext) {
  ASSERT_TRUE(Listener::open(address()).ok());
  EXPECT_FALSE(std::filesystem::exists(path()));
  EXPECT_FALSE(std::filesystem::exists(path() + ".lock"));

  EXPECT_TRUE(Listener::open(address()).ok());
}

TEST_F(ListenerTest, ASocketThatTookItsPlaceIsNotRemoved) {
  auto listener = Listener::open(address());
  ASSERT_TRUE(listener.ok());
  ASSERT_EQ(::unlink(path().c_str()), 0);
  const FileDescriptor foreign = bind_foreign(true);

  listener->reset();
  EXPECT_TRUE(answers());
}

TEST_F(ListenerTest, OfManyThatComeAndGoOneListensAtATime) {
  std::atomic<int> listening{0}, opened{0};
  const auto come_and_go = [&] {
    while (opened < 300) {
      const auto listener = Listener::open(address());
      if (!listener.ok()) continue;
      ++opened;
      EXPECT_EQ(++listening, 1);
      EXPECT_TRUE(answers());
      --listening;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(come_and_go);
  for (std::thread& thread : threads) thread.join();
}

TEST_F(ListenerTest, ADirectoryThatIsMissingIsNamed) {
  const absl::StatusOr<Address> nowhere = Address::parse("unix:/no/such/directory/s");
  ASSERT_TRUE(nowhere.ok());
  EXPECT_THAT(complaint(*nowhere), HasSubstr("/no/such/directory/s"));
}

TEST_F(ListenerTest, PortZeroBecomesARealPortWhichNobodyElseCanTake) {
  const auto listener = Listener::open(*Address::parse("127.0.0.1:0"));
  ASSERT_TRUE(listener.ok());
  EXPECT_NE((*listener)->address().port, 0);

  EXPECT_THAT(complaint((*listener)->address()), HasSubstr("another program listens there"));
  int reuse = -1;
  socklen_t size = sizeof(reuse);
  ASSERT_EQ(::getsockopt((*listener)->descriptor(), SOL_SOCKET, SO_REUSEPORT, &reuse, &size), 0);
  EXPECT_EQ(reuse, 0);
}

TEST_F(ListenerTest, AHostWithoutAnAddressIsRefused) {
  EXPECT_THAT(complaint(*Address::parse("256.256.256.256:0")), HasSubstr("256.256.256.256"));
}

}  // namespace
}  // namespace syncmanager::manager

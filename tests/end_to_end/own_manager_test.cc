// A program's own manager starts in every kind of program, and ends with the program.

#include <signal.h>
#include <syncmanager/client.h>
#include <syncmanager/own_manager.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/await.h"
#include "tests/support/forked.h"

namespace syncmanager {
namespace {

constexpr std::chrono::seconds kSoon{10};

TEST(OwnManagerTest, StartsForAProgramWithoutStandardInputAndOutput) {
  const std::vector<std::vector<int>> cases = {{}, {0}, {1}, {0, 1}, {0, 1, 2}};
  for (const std::vector<int>& closed : cases) {
    EXPECT_EQ(result_of_child([&closed] {
                for (const int each : closed) close(each);
                const OwnManager manager;
                const Client client(manager.address(), {.key_file = manager.key_file()});
                client.lock("door").lock();
                return 0;
              }),
              0)
        << closed.size() << " descriptors closed";
  }
}

TEST(OwnManagerTest, EndsWhenItsProgramIsKilledAndRemovesItsDirectory) {
  int words[2];
  ASSERT_EQ(pipe(words), 0);
  EXPECT_EQ(result_of_child([&words] {
              const OwnManager manager;
              const std::string key = manager.key_file();
              if (write(words[1], key.data(), key.size()) < 0) return 1;
              return kill(getpid(), SIGKILL);
            }),
            -SIGKILL);
  close(words[1]);
  std::string key;
  for (char c = 0; read(words[0], &c, 1) == 1;) key.push_back(c);
  close(words[0]);
  const std::filesystem::path directory = std::filesystem::path(key).parent_path();
  EXPECT_TRUE(directory.filename().string().starts_with("syncmanager-"));
  EXPECT_TRUE(await([&] { return !std::filesystem::exists(directory); }, kSoon));
}

TEST(OwnManagerTest, ItsOwnersGroupMayGetAnySignal) {
  EXPECT_EQ(result_of_child([] {
              setpgid(0, 0);
              for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1}) {
                signal(each, SIG_IGN);
              }
              const OwnManager manager;
              const Client client(manager.address(), {.key_file = manager.key_file()});
              for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1}) kill(0, each);
              return client.lock("door").try_lock() ? 0 : 1;
            }),
            0);
}

TEST(OwnManagerTest, StopsAtOnceWhileOthersWaitAndTellsThem) {
  OwnManager manager;
  const Client client(manager.address(), {.key_file = manager.key_file()});
  const auto queue = client.queue<int>("jobs");
  std::future<void> waiter =
      std::async(std::launch::async, [&] { EXPECT_THROW(queue.get(), Draining); });
  ASSERT_TRUE(await([&] { return client.inspect(queue)->summary.parked == 1; }, kSoon));
  const auto began = std::chrono::steady_clock::now();
  manager.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
  waiter.get();
}

TEST(OwnManagerTest, OneThatHangsIsKilledWhenThePatienceIsOver) {
  OwnManager manager;
  ASSERT_EQ(kill(manager.pid(), SIGSTOP), 0);
  manager.stop(std::chrono::milliseconds(100));
  EXPECT_EQ(kill(manager.pid(), 0), -1);
}

TEST(OwnManagerTest, ACopyInAForkedChildEndsNothing) {
  auto manager = std::make_unique<OwnManager>();
  EXPECT_EQ(result_of_child([&] {
              manager->stop();
              manager.reset();
              return 0;
            }),
            0);
  const Client client(manager->address(), {.key_file = manager->key_file()});
  EXPECT_TRUE(client.lock("door").try_lock());
}

TEST(OwnManagerTest, AForkedChildThatLivesOnDoesNotKeepItFromEndingWithItsOwner) {
  int words[2], over[2];
  ASSERT_EQ(pipe(words), 0);
  ASSERT_EQ(pipe(over), 0);
  EXPECT_EQ(result_of_child([&] {
              const OwnManager manager;
              if (fork() == 0) {
                char c = 0;
                close(over[1]);
                _exit(static_cast<int>(read(over[0], &c, 1)));
              }
              const std::string key = manager.key_file() + "\n";
              if (write(words[1], key.data(), key.size()) < 0) return 1;
              return kill(getpid(), SIGKILL);
            }),
            -SIGKILL);
  std::string key;
  for (char c = 0; read(words[0], &c, 1) == 1 && c != '\n';) key.push_back(c);
  EXPECT_TRUE(await([&] { return !std::filesystem::exists(key); }, kSoon));
  for (const int end : {words[0], words[1], over[0], over[1]}) close(end);
}

TEST(OwnManagerTest, ItsLimitsAreTheMachines) {
  const OwnManager manager;
  const Client client(manager.address(), {.key_file = manager.key_file()});
  const uint64_t machine =
      static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  EXPECT_LE(client.statistics().bytes_limit, machine / 2);
  const OwnManager large({.flags = {"--max-total-bytes=1000000000000"}});
  const Client other(large.address(), {.key_file = large.key_file()});
  EXPECT_EQ(other.statistics().bytes_limit, 1'000'000'000'000u);
}

}  // namespace
}  // namespace syncmanager

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

using testing::HasSubstr;

// A client in a process of its own. The test's process makes its first Client only afterwards, as
// a session, and gRPC, don't survive fork().
class DeathTest : public testing::Test {
 protected:
  // Does `work` in a new process, which then waits to be killed.
  pid_t start(const std::function<void(const Client&)>& work) {
    int done[2];
    EXPECT_EQ(pipe(done), 0);
    const pid_t child = fork();
    if (child == 0) {
      const Client client = connect("victim");
      work(client);
      if (write(done[1], "x", 1) != 1) _exit(1);
      for (;;) pause();
    }
    close(done[1]);
    char byte = 0;
    EXPECT_EQ(read(done[0], &byte, 1), 1) << "the child failed";
    close(done[0]);
    return child;
  }
  static void kill_now(pid_t child) {
    ASSERT_EQ(kill(child, SIGKILL), 0);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
  }
  Client connect(const std::string& name) const {
    return Client(server.unix_address(), {.key_file = server.key_file(), .name = name});
  }

  TestServer server;
};

TEST_F(DeathTest, AKilledHolderGivesItsLockToTheNextAsAbandoned) {
  const pid_t victim = start([](const Client& client) { client.lock("door").lock(); });
  const Client client = connect("heir");
  const Lock door = client.lock("door");
  EXPECT_FALSE(door.try_lock());
  EXPECT_EQ(client.inspect("door")->holders.at(0).client, "victim");
  kill_now(victim);
  door.lock();
  EXPECT_TRUE(door.abandoned());
}

TEST_F(DeathTest, AKilledClientGivesBackPermitsAndItsAnonymousObjects) {
  const pid_t victim = start([](const Client& client) {
    client.semaphore("slots", 2).acquire(2);
    // Never destroyed: the process is killed.
    new Queue<int>(client.queue<int>());
  });
  const Client client = connect("heir");
  const uint64_t objects = client.statistics().objects;
  kill_now(victim);
  client.semaphore("slots", 2).acquire(2);
  EXPECT_EQ(client.statistics().objects, objects - 1);
  EXPECT_EQ(client.statistics().sessions, 1U);
}

TEST_F(DeathTest, AClientThatLeavesInOrderGivesBackItsLockToo) {
  const Client client = connect("heir");
  {
    const Client other = connect("leaver");
    other.lock("door").lock();
  }
  const Lock door = client.lock("door");
  door.lock();
  EXPECT_FALSE(door.abandoned());
}

TEST_F(DeathTest, AKilledManagerEndsEveryCall) {
  const Client client = connect("survivor");
  const auto jobs = client.queue<int>("jobs");
  server.send_signal(SIGKILL);
  try {
    jobs.get();
    FAIL() << "the manager is dead";
  } catch (const Disconnected& error) {
    EXPECT_THAT(error.what(), HasSubstr("queue \"jobs\": get: "));
  }
}

TEST_F(DeathTest, AWrongKeyIsRefused) {
  const TestServer other;
  EXPECT_THROW(Client(server.unix_address(), {.key_file = other.key_file()}), AuthenticationFailed);
}

TEST_F(DeathTest, NobodyThereIsDisconnected) {
  EXPECT_THROW(Client("unix:" + server.directory() + "/nobody", {.key_file = server.key_file()}),
               Disconnected);
}

TEST_F(DeathTest, TcpCarriesTheSameWithTags) {
  const Client client(server.tcp_address(), {.key_file = server.key_file()});
  const auto jobs = client.queue<std::string>("jobs");
  jobs.put("over TCP");
  EXPECT_EQ(jobs.get(), "over TCP");
}

}  // namespace
}  // namespace syncmanager

#include <signal.h>

#include <string>

#include "tests/support/client_fixture.h"
#include "tests/support/victim.h"

namespace syncmanager {
namespace {

using testing::HasSubstr;

class DeathTest : public testing::Test {
 protected:
  Client connect(const std::string& name) const {
    return Client(server.unix_address(), {.key_file = server.key_file(), .name = name});
  }

  TestServer server;
};

TEST_F(DeathTest, AKilledHolderGivesItsLockToTheNextAsAbandoned) {
  Victim victim(server, [](const Client& client) { client.lock("door").lock(); });
  victim.start();
  ASSERT_TRUE(victim.await_done());
  const Client client = connect("heir");
  const Lock door = client.lock("door");
  EXPECT_FALSE(door.try_lock());
  EXPECT_EQ(client.inspect("door")->holders.at(0).client, "victim");
  victim.kill();
  door.lock();
  EXPECT_TRUE(door.abandoned());
}

TEST_F(DeathTest, AnAbandonedLockCanBeAnErrorForWhomItIsOne) {
  Victim victim(server, [](const Client& client) { client.lock("door").lock(); });
  victim.start();
  ASSERT_TRUE(victim.await_done());
  victim.kill();
  const Client client = connect("heir");
  const Lock careful = client.lock("door", {.refuse_abandoned = true});
  EXPECT_THROW(careful.lock(), LockAbandoned);
  EXPECT_FALSE(careful.locked());
  EXPECT_THROW(careful.lock(), LockAbandoned) << "it stays marked";

  const Lock repairing = client.lock("door");
  repairing.lock();
  EXPECT_TRUE(repairing.abandoned());
  repairing.unlock();
  EXPECT_NO_THROW(careful.lock());
}

TEST_F(DeathTest, AKilledClientGivesBackPermitsAndItsAnonymousObjects) {
  Victim victim(server, [](const Client& client) {
    client.semaphore("slots", 2).acquire(2);
    // Never destroyed: the process is killed.
    new Queue<int>(client.queue<int>());
  });
  victim.start();
  ASSERT_TRUE(victim.await_done());
  const Client client = connect("heir");
  const uint64_t objects = client.statistics().objects;
  victim.kill();
  client.semaphore("slots", 2).acquire(2);
  EXPECT_EQ(client.statistics().objects, objects - 1);
  EXPECT_EQ(client.statistics().sessions, 1U);
}

TEST_F(DeathTest, AKilledConsumersItemComesBackOnceAndSaysSo) {
  const QueueOptions options = {.reliable = true};
  Victim victim(server, [&](const Client& client) {
    const auto jobs = client.queue<std::string>("jobs", options);
    jobs.put("a");
    // Never destroyed: the process is killed.
    new Delivery<std::string>(jobs.take());
  });
  victim.start();
  ASSERT_TRUE(victim.await_done());
  const Client client = connect("heir");
  const auto jobs = client.queue<std::string>("jobs", options);
  EXPECT_EQ(client.inspect("jobs")->holders.at(0).client, "victim");
  EXPECT_EQ(jobs.size(), 0);
  victim.kill();
  Delivery<std::string> job = jobs.take();
  EXPECT_EQ(job.item(), "a");
  EXPECT_EQ(job.deliveries(), 2U);
  job.ack();
  EXPECT_FALSE(jobs.try_take());
  jobs.join();
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

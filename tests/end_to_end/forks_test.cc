// Forked children of a program that has Clients: their copies are dead, and the parent's session
// goes on whatever a child does.

#include <signal.h>
#include <syncmanager/own_manager.h>
#include <syncmanager/workers.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client_fixture.h"
#include "tests/support/forked.h"

namespace syncmanager {
namespace {

using testing::HasSubstr;

// Over a unix socket and over TCP.
class ForksTest : public ClientTest, public testing::WithParamInterface<bool> {
 protected:
  const std::string& address() const {
    return GetParam() ? server.tcp_address() : server.unix_address();
  }
  Client make_client() const { return Client(address(), {.key_file = server.key_file()}); }

  // Whether the parent still has its session, and the lock that it holds in it.
  void expect_held(const Client& parent, const Lock& held) const {
    parent.ping();
    EXPECT_TRUE(held.locked());
    EXPECT_FALSE(client.lock(held.name()).try_lock()) << "the child gave back its parent's lock";
  }
};

template <class Call>
bool is_refused(Call call) {
  try {
    call();
  } catch (const Disconnected& error) {
    return std::string(error.what()).find("forked") != std::string::npos;
  }
  return false;
}

// Static objects, as exit() destroys them.
std::unique_ptr<Client> static_client;
std::unique_ptr<Lock> static_lock;
std::unique_ptr<Queue<int>> static_queue;
std::unique_ptr<Future<int>> static_future;

TEST_P(ForksTest, AChildThatExitsSaysNoGoodbyeForItsParent) {
  static_client = std::make_unique<Client>(make_client());
  static_lock = std::make_unique<Lock>(static_client->lock("door"));
  static_queue = std::make_unique<Queue<int>>(static_client->queue<int>("jobs"));
  static_future = std::make_unique<Future<int>>(static_queue->async_get());
  static_lock->lock();
  EXPECT_EQ(result_of_child([]() -> int { std::exit(0); }), 0);
  expect_held(*static_client, *static_lock);
  static_queue->put(7);
  EXPECT_EQ(static_future->get(), 7);
  static_lock->unlock();
  static_future.reset();
  static_queue.reset();
  static_lock.reset();
  static_client.reset();
}

TEST_P(ForksTest, AChildThatDestroysItsCopiesEndsNothing) {
  auto parent = std::make_unique<Client>(make_client());
  auto door = std::make_unique<Lock>(parent->lock("door"));
  auto future = std::make_unique<Future<int>>(parent->queue<int>("jobs").async_get());
  door->lock();
  EXPECT_EQ(result_of_child([&] {
              future.reset();
              door->unlock();
              door.reset();
              parent->close();
              parent.reset();
              return 0;
            }),
            0);
  expect_held(*parent, *door);
}

TEST_P(ForksTest, EachCallOfAChildsCopyIsRefused) {
  const Client parent = make_client();
  const auto jobs = parent.queue<int>("jobs");
  const auto numbers = parent.dict<std::string, int>("numbers");
  const auto pool = parent.pool("pool");
  auto waiting = jobs.async_get();
  auto result = pool.submit<int>("nobody does it");
  EXPECT_FALSE(result.ready());
  EXPECT_EQ(result_of_child([&] {
              int wrong = 0;
              wrong += !is_refused([&] { jobs.put(1); });
              wrong += !is_refused([&] { jobs.get(); });
              wrong += !is_refused([&] { numbers.set("a", 1); });
              wrong += !is_refused([&] { jobs.async_get().get(); });
              wrong += !is_refused([&] { parent.lock("door").try_lock(); });
              wrong += !is_refused([&] { parent.ping(); });
              wrong += !is_refused([&] { result.get(); });
              wrong += waiting.cancel() || !is_refused([&] { waiting.get(); });
              return wrong;
            }),
            0);
  jobs.put(2);
  EXPECT_EQ(waiting.get(), 2);
}

TEST_P(ForksTest, ChildrenMakeClientsWhileTheParentsThreadsWait) {
  const Client parent = make_client();
  const auto jobs = parent.queue<int>("jobs"), answers = parent.queue<int>("answers");
  std::vector<std::thread> waiters;
  for (int i = 0; i < 4; ++i) waiters.emplace_back([&] { answers.put(jobs.get()); });
  await_parked(client, jobs, waiters.size());
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(result_of_child([&] {
                const Client own = make_client();
                own.queue<int>("answers").put(100);
                // A child of the child's has one, too.
                return result_of_child([&] {
                  make_client().queue<int>("answers").put(100);
                  return is_refused([&] { own.ping(); }) ? 0 : 1;
                });
              }),
              0);
    EXPECT_EQ(answers.get() + answers.get(), 200);
  }
  for (int i = 0; i < 4; ++i) jobs.put(i);
  int sum = 0;
  for (int i = 0; i < 4; ++i) sum += answers.get();
  EXPECT_EQ(sum, 0 + 1 + 2 + 3);
  for (std::thread& waiter : waiters) waiter.join();
}

TEST_P(ForksTest, ChildrenEndAsTheyLikeWhileTheParentsThreadsWork) {
  const Client parent = make_client();
  const Lock door = parent.lock("door");
  door.lock();
  const auto count = parent.value<int64_t>("count", 0);
  std::atomic<bool> over = false;
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      while (!over) count.add(1);
    });
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(result_of_child([&]() -> int {
                if (i % 2 == 0) std::exit(0);
                ::execl("/bin/true", "true", nullptr);
                return 1;
              }),
              0);
  }
  EXPECT_EQ(std::system("true"), 0);
  over = true;
  for (std::thread& worker : workers) worker.join();
  expect_held(parent, door);
}

TEST_P(ForksTest, AKilledParentIsGoneThoughItsChildLives) {
  int words[2], lifeline[2];
  ASSERT_EQ(pipe(words), 0);
  ASSERT_EQ(pipe(lifeline), 0);
  EXPECT_EQ(result_of_child([&]() -> int {
              const Client parent = make_client();
              const Lock door = parent.lock("door");
              door.lock();
              if (fork() == 0) {
                close(lifeline[1]);
                char byte = 0;
                if (write(words[1], "x", 1) == 1 && read(lifeline[0], &byte, 1) == 0) _exit(0);
                _exit(1);
              }
              char byte = 0;
              if (read(words[0], &byte, 1) != 1) return 1;
              return kill(getpid(), SIGKILL);
            }),
            -SIGKILL);
  const Lock door = client.lock("door");
  EXPECT_TRUE(door.try_lock_for(std::chrono::seconds(30)));
  EXPECT_TRUE(door.abandoned());
  for (const int end : {words[0], words[1], lifeline[0], lifeline[1]}) close(end);
}

TEST_P(ForksTest, AChildThatLeavesALocksGuardLeavesTheLock) {
  const Client parent = make_client();
  const Lock door = parent.lock("door");
  const std::lock_guard guard(door);
  EXPECT_EQ(result_of_child([&] {
              const std::unique_lock inherited(door, std::adopt_lock);
              return 0;
            }),
            0);
  expect_held(parent, door);
}

TEST_P(ForksTest, WorkersOfAProgramThatHasAClientDoItsTasks) {
  const Client parent = make_client();
  const Workers workers(2, "pool",
                        [](Worker& worker) { worker.add("double", [](int n) { return 2 * n; }); },
                        {.url = address(), .client = {.key_file = server.key_file()}});
  EXPECT_EQ(parent.pool("pool").submit<int>("double", 21).get(), 42);
  // A child's copy ends none of them.
  EXPECT_EQ(result_of_child([&] {
              workers.~Workers();
              return 0;
            }),
            0);
  EXPECT_EQ(parent.pool("pool").submit<int>("double", 4).get(), 8);
}

TEST(OwnManagerForksTest, AChildsCopyEndsNothingAndLeadsToTheManager) {
  OwnManager::Options options;
  options.program = SYNCMANAGERD_PATH;
  static std::unique_ptr<OwnManager> manager;
  manager = std::make_unique<OwnManager>(options);
  const Client parent(*manager);
  EXPECT_EQ(result_of_child([]() -> int {
              Client(*manager).queue<int>("jobs").put(5);
              manager->stop();
              std::exit(0);
            }),
            0);
  EXPECT_EQ(parent.queue<int>("jobs").get(), 5);
  manager.reset();
}

INSTANTIATE_TEST_SUITE_P(OverUnixAndTcp, ForksTest, testing::Bool(),
                         [](const auto& is_tcp) { return is_tcp.param ? "Tcp" : "Unix"; });

}  // namespace
}  // namespace syncmanager

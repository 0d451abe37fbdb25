// Clients that want more than there is: at its limit the manager refuses them and serves the
// others.

#include <signal.h>
#include <syncmanager/encoded_value.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "tests/support/client_fixture.h"
#include "tests/support/pool_session.h"

namespace syncmanager {
namespace {

using std::chrono::steady_clock;
using testing::HasSubstr;

// ---- Who puts and puts.

class FullTest : public testing::Test {
 protected:
  // Puts until the manager refuses, which it does by name. Returns how many items it took.
  static int64_t fill(const Queue<std::string>& queue, const std::string& reason) {
    for (int64_t count = 0; count < 1'000; ++count) {
      try {
        queue.put(item);
      } catch (const LimitExceeded& error) {
        EXPECT_THAT(error.what(), HasSubstr(reason));
        return count;
      }
    }
    ADD_FAILURE() << "there is no limit";
    return 0;
  }

  inline static const std::string item = std::string(100'000, 'x');
  TestServer server{{"--max-object-bytes=1000000", "--max-total-bytes=1500000"}};
  Client client{server.unix_address(), {.key_file = server.key_file()}};
};

TEST_F(FullTest, AnUnboundedQueueIsRefusedAtTheLimitOfItsBytesAndCanBeEmptied) {
  const auto queue = client.queue<std::string>("endless");
  const int64_t count = fill(queue, "the object would hold more than 1000000 bytes");
  EXPECT_EQ(count, 9);
  EXPECT_EQ(queue.size(), count);
  EXPECT_EQ(queue.get(), item);
  queue.put(item);
  EXPECT_THROW(queue.put(item), LimitExceeded);
}

TEST_F(FullTest, AFullManagerStillGivesTellsAndDeletes) {
  const auto first = client.queue<std::string>("first"),
             second = client.queue<std::string>("second");
  fill(first, "the object would hold");
  EXPECT_EQ(fill(second, "the manager would hold more than 1500000 bytes"), 5);

  const Statistics full = client.statistics();
  EXPECT_LE(full.bytes, full.bytes_limit);
  EXPECT_EQ(client.inspect("second")->summary.size, 5u);
  EXPECT_EQ(second.get(), item);
  EXPECT_TRUE(client.remove("first"));
  EXPECT_LT(client.statistics().bytes, 500'000u);
  second.put(item);
}

// ---- Who submits and offers too much.

TEST(FullPoolTest, HoldsWhatTheCommandLineAllows) {
  const TestServer server({"--max-pool-tasks=2", "--max-pool-functions=1", "--max-pool-offers=1",
                           "--max-dead-tasks=1"});
  PoolSession boss(server, "boss", "pool");
  EXPECT_EQ(boss.submit({"square", "square", "square"}), wire::RESOURCE_EXHAUSTED);
  EXPECT_EQ(boss.submit({"square", "square"}), wire::OK);
  {
    PoolSession alice(server, "alice", "pool"), bob(server, "bob", "pool");
    EXPECT_EQ(alice.take({"square", "cube"}), wire::INVALID_ARGUMENT);
    EXPECT_EQ(alice.take({"square"}), wire::OK);
    EXPECT_EQ(bob.take({"square"}), wire::OK);
  }
  EXPECT_TRUE(await([&] { return boss.state().in_hand() == 0; }, std::chrono::seconds(10)));
  EXPECT_EQ(boss.state().dead_size(), 1) << "and the other one is forgotten";
  EXPECT_EQ(boss.submit({"square"}), wire::OK);
  EXPECT_EQ(boss.submit({"cube"}), wire::RESOURCE_EXHAUSTED);
}

// ---- A machine with less than the limits allow.

// A sanitizer has its own allocator, with its own error when memory runs out.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

// A process gets no more than a few hundred MiB from now on.
void leave_little_memory(pid_t process) {
  uint64_t pages = 0;
  std::ifstream("/proc/" + std::to_string(process) + "/statm") >> pages;
  const rlim_t bytes = pages * static_cast<uint64_t>(::getpagesize()) + (300 << 20);
  const rlimit little{.rlim_cur = bytes, .rlim_max = bytes};
  ASSERT_EQ(::prlimit(process, RLIMIT_AS, &little, nullptr), 0);
}

TEST(OutOfMemoryTest, TheManagerSaysSoAndEndsAndItsClientsAreTold) {
  TestServer server({"--max-object-bytes=100000000000", "--max-total-bytes=100000000000"});
  const Client client(server.unix_address(), {.key_file = server.key_file()});
  const auto queue = client.queue<std::string>("endless");
  leave_little_memory(server.pid());
  const std::string item(100'000, 'x');
  EXPECT_THROW(for (int put = 0; put < 10'000; ++put) queue.put(item), SessionLost);
  EXPECT_EQ(server.wait(), -SIGABRT);
  EXPECT_THAT(server.log(), HasSubstr("out of memory"));
}

#endif

// ---- Who asks and asks, and reads nothing.

TEST(GreedyTest, WhoAsksForAGibibyteAndReadsNothingIsEndedWhileOthersAreServed) {
  const TestServer server;
  const Client bystander(server.unix_address(), {.key_file = server.key_file()});
  const auto large = bystander.value<std::string>("large", std::string(1 << 20, 'x'));
  const KeyRing keys = *KeyRing::load(server.key_file());
  RawStream greedy(server.unix_address());
  ASSERT_TRUE(greedy.open(keys.first()));
  wire::ClientBatch batch;
  wire::Request& adopt = *batch.add_requests();
  adopt.set_id(1);
  adopt.mutable_registry()->mutable_adopt()->set_object(large.id());
  for (uint64_t id = 2; id < 1'026; ++id) {
    wire::Request& get = *batch.add_requests();
    get.set_id(id);
    get.set_object(large.id());
    get.mutable_value()->mutable_get();
  }
  ASSERT_TRUE(greedy.send_batch(batch));

  steady_clock::duration longest{};
  while (bystander.statistics().sessions > 1) {
    const auto begin = steady_clock::now();
    bystander.ping();
    longest = std::max(longest, steady_clock::now() - begin);
  }
  EXPECT_LT(longest, std::chrono::seconds(1));
  EXPECT_THAT(server.log(), HasSubstr("slow consumer: more than 16777216 bytes"));
  EXPECT_EQ(large.get().size(), 1u << 20);
}

}  // namespace
}  // namespace syncmanager

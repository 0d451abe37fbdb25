// A client that is killed in the middle of a call, for every call that waits or takes something:
// once while it waits, and once after it was served. The next waiter goes on.

#include <chrono>
#include <future>
#include <optional>
#include <string>

#include "tests/support/await.h"
#include "tests/support/client_fixture.h"
#include "tests/support/victim.h"

namespace syncmanager {
namespace {

constexpr std::chrono::seconds kPatience{10};

// Who is served when somebody who was served dies: nobody, for it took its turn and holds nothing;
// the next, for it held something; or all were served together.
enum class Inheritance { kNextTurn, kAtOnce, kTogether };

// All of them use the object "it". `prepare` makes it such that `wait` waits; `serve` serves one
// who waits, or all.
struct BlockingCall {
  const char* name;
  Inheritance inheritance;
  void (*prepare)(const Client&);
  void (*wait)(const Client&);
  void (*serve)(const Client&);
  uint64_t holders = 0;  // In the end: the heir, if it holds anything.
  uint64_t items = 0;    // In the end, of a queue.
};
void PrintTo(const BlockingCall& call, std::ostream* out) { *out << call.name; }

void nothing(const Client&) {}

const BlockingCall kCalls[] = {
    {"QueueGet", Inheritance::kNextTurn, nothing,
     [](const Client& client) { client.queue<int>("it").get(); },
     [](const Client& client) { client.queue<int>("it").put(1); }},
    {"QueuePut", Inheritance::kNextTurn,
     [](const Client& client) { client.queue<int>("it", {.capacity = 1}).put(1); },
     [](const Client& client) { client.queue<int>("it", {.capacity = 1}).put(2); },
     [](const Client& client) { client.queue<int>("it", {.capacity = 1}).get(); }, 0, 1},
    {"QueueJoin", Inheritance::kTogether,
     [](const Client& client) { client.queue<int>("it").put(1); },
     [](const Client& client) { client.queue<int>("it").join(); },
     [](const Client& client) {
       client.queue<int>("it").get();
       client.queue<int>("it").task_done();
     }},
    {"Lock", Inheritance::kAtOnce, [](const Client& client) { client.lock("it").lock(); },
     [](const Client& client) { client.lock("it").lock(); },
     [](const Client& client) { client.lock("it").unlock(); }, 1},
    {"RLock", Inheritance::kAtOnce, [](const Client& client) { client.rlock("it").lock(); },
     [](const Client& client) { client.rlock("it").lock(); },
     [](const Client& client) { client.rlock("it").unlock(); }, 1},
    {"Semaphore", Inheritance::kAtOnce,
     [](const Client& client) { client.semaphore("it", 1).acquire(); },
     [](const Client& client) { client.semaphore("it", 1).acquire(); },
     [](const Client& client) { client.semaphore("it", 1).release(); }, 1},
    {"BoundedSemaphore", Inheritance::kAtOnce,
     [](const Client& client) { client.bounded_semaphore("it", 1).acquire(); },
     [](const Client& client) { client.bounded_semaphore("it", 1).acquire(); },
     [](const Client& client) { client.bounded_semaphore("it", 1).release(); }, 1},
    {"ConditionWait", Inheritance::kNextTurn, nothing,
     [](const Client& client) {
       const Condition it = client.condition("it");
       it.lock();
       it.wait();
     },
     // Waits for the lock, which the notified client holds until it dies.
     [](const Client& client) {
       const Condition it = client.condition("it");
       it.lock();
       it.notify_one();
       it.unlock();
     }},
    {"ConditionLock", Inheritance::kAtOnce,
     [](const Client& client) { client.condition("it").lock(); },
     [](const Client& client) { client.condition("it").lock(); },
     [](const Client& client) { client.condition("it").unlock(); }},
    {"EventWait", Inheritance::kTogether, nothing,
     [](const Client& client) { client.event("it").wait(); },
     [](const Client& client) { client.event("it").set(); }},
    {"LatchWait", Inheritance::kTogether, nothing,
     [](const Client& client) { client.latch("it", 1).wait(); },
     [](const Client& client) { client.latch("it", 1).count_down(); }},
    {"CounterWait", Inheritance::kTogether, nothing,
     [](const Client& client) { client.counter("it").wait(1); },
     [](const Client& client) { client.counter("it").add(); }},
    {"RWLockWrite", Inheritance::kAtOnce,
     [](const Client& client) { client.rwlock("it").lock_shared(); },
     [](const Client& client) { client.rwlock("it").lock(); },
     [](const Client& client) { client.rwlock("it").unlock_shared(); }, 1},
    {"RWLockRead", Inheritance::kTogether, [](const Client& client) { client.rwlock("it").lock(); },
     [](const Client& client) { client.rwlock("it").lock_shared(); },
     [](const Client& client) { client.rwlock("it").unlock(); }, 1},
};

class KilledWaiterTest : public testing::TestWithParam<BlockingCall> {
 protected:
  Client connect(const std::string& name) const {
    return Client(server.unix_address(), {.key_file = server.key_file(), .name = name});
  }
  // The victim waits first, and the heir behind it.
  void queue_up() {
    owner.emplace(connect("owner"));
    heir.emplace(connect("heir"));
    GetParam().prepare(*owner);
    victim.start();
    expect_soon(3, 1);
    inherited = std::async(std::launch::async, [this] { GetParam().wait(*heir); });
    expect_soon(3, 2);
  }
  // Blocks until the manager has that number of sessions and parked calls.
  void expect_soon(uint64_t sessions, uint64_t parked) const {
    Statistics now;
    const auto so = [&] {
      now = owner->statistics();
      return now.sessions == sessions && now.parked == parked;
    };
    ASSERT_TRUE(await(so, kPatience)) << now.sessions << " sessions, " << now.parked << " parked";
  }
  void expect_nothing_left_of_the_victim() const {
    expect_soon(2, 0);
    const std::optional<ObjectState> it = owner->inspect("it");
    ASSERT_TRUE(it.has_value());
    ASSERT_EQ(it->holders.size(), GetParam().holders);
    for (const CallerState& holder : it->holders) EXPECT_EQ(holder.client, "heir");
    if (it->summary.type == "Queue") {
      EXPECT_EQ(it->summary.size, GetParam().items);
    }
  }

  std::optional<Client> owner, heir;
  std::future<void> inherited;
  TestServer server;  // Ends before `inherited` is waited for, should that wait in vain.
  Victim victim{server, [](const Client& client) { GetParam().wait(client); }};
};

TEST_P(KilledWaiterTest, WhileItWaits) {
  queue_up();
  victim.kill();
  expect_soon(2, 1);
  GetParam().serve(*owner);
  inherited.get();
  expect_nothing_left_of_the_victim();
}

TEST_P(KilledWaiterTest, WhenItHasBeenServed) {
  queue_up();
  GetParam().serve(*owner);
  ASSERT_TRUE(victim.await_done());
  expect_soon(3, GetParam().inheritance == Inheritance::kTogether ? 0 : 1);
  victim.kill();
  if (GetParam().inheritance == Inheritance::kNextTurn) GetParam().serve(*owner);
  inherited.get();
  expect_nothing_left_of_the_victim();
}

INSTANTIATE_TEST_SUITE_P(All, KilledWaiterTest, testing::ValuesIn(kCalls),
                         [](const auto& test) { return test.param.name; });

// A barrier is the one thing that can't go on without its dead party, and it says so.

TEST(KilledPartyTest, OfABarrierBreaksItForThoseWhoWaitUntilItIsReset) {
  const TestServer server;
  Victim victim(server, [](const Client& client) { client.barrier("it", 3).wait(); });
  const Client client(server.unix_address(), {.key_file = server.key_file()});
  const Barrier it = client.barrier("it", 3);
  victim.start();
  const auto expect_waiting = [&](int64_t count) {
    ASSERT_TRUE(await([&] { return it.waiting() == count; }, kPatience));
  };
  expect_waiting(1);
  std::future<int64_t> other = std::async(std::launch::async, [&] { return it.wait(); });
  expect_waiting(2);
  victim.kill();
  EXPECT_THROW(other.get(), BrokenBarrier);
  EXPECT_THROW(it.wait(), BrokenBarrier);
  EXPECT_EQ(client.statistics().parked, 0u);

  it.reset();
  std::future<int64_t> first = std::async(std::launch::async, [&] { return it.wait(); });
  std::future<int64_t> second = std::async(std::launch::async, [&] { return it.wait(); });
  EXPECT_EQ(it.wait() + first.get() + second.get(), 0 + 1 + 2);
}

TEST(KilledPartyTest, ThatHadPassedABarrierBreaksNothing) {
  const TestServer server;
  Victim victim(server, [](const Client& client) { client.barrier("it", 2).wait(); });
  const Client client(server.unix_address(), {.key_file = server.key_file()});
  const Barrier it = client.barrier("it", 2);
  victim.start();
  it.wait();
  ASSERT_TRUE(victim.await_done());
  victim.kill();
  ASSERT_TRUE(await([&] { return client.statistics().sessions == 1; }, kPatience));
  EXPECT_FALSE(it.broken());
  std::future<int64_t> other = std::async(std::launch::async, [&] { return it.wait(); });
  EXPECT_EQ(it.wait() + other.get(), 0 + 1);
}

}  // namespace
}  // namespace syncmanager

// How workers take tasks, and how the taken tasks end.

#include <algorithm>
#include <atomic>
#include <latch>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/client_fixture.h"
#include "tests/support/worker_thread.h"

namespace syncmanager {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

int square(int x) { return x * x; }

void add_square(Worker& worker) { worker.add("square", square); }

class PoolWorkersTest : public ClientTest {
 protected:
  // Has a task wait and expects that no other task waits for it. It is the first task for which
  // waits(tasks in hand at the task before, tasks in hand now) holds.
  void expect_none_held_up(bool (*waits)(uint64_t last, uint64_t in_hand)) {
    constexpr int kTasks = 1000;
    std::atomic<int> slow{-1};
    std::latch later(1);
    uint64_t last = 0;
    const auto prepare = [&](Worker& worker) {
      worker.add("step", [&](int i) {
        if (slow >= 0) return i;
        const uint64_t in_hand = pool.state().in_hand;
        if (waits(std::exchange(last, in_hand), in_hand)) {
          slow = i;
          later.wait();
        }
        return i;
      });
    };
    std::vector<TaskFuture<int>> futures;
    for (int i = 0; i < kTasks; ++i) futures.push_back(pool.submit<int>("step", i));
    const WorkerThread one(pool, prepare);
    ASSERT_TRUE(await([&] { return slow >= 0 && pool.state().in_hand == 1; }, 10s));
    EXPECT_EQ(pool.state().done, static_cast<uint64_t>(slow));
    const WorkerThread two(connect("other").pool("pool"), prepare);
    for (int i = 0; i < kTasks; ++i) {
      if (i == slow) continue;
      EXPECT_EQ(futures[static_cast<size_t>(i)].get(), i);
    }
    later.count_down();
    EXPECT_EQ(futures[static_cast<size_t>(slow)].get(), slow);
    EXPECT_EQ(pool.state().done, uint64_t{kTasks}) << "none was done twice";
  }

  Pool pool = client.pool("pool");
};

TEST_F(PoolWorkersTest, EachWorkerDoesWhatItOffers) {
  const WorkerThread one(pool, add_square);
  const Client other = connect("other");
  const WorkerThread two(other.pool("pool"),
                         [](Worker& worker) { worker.add("double", [](int x) { return 2 * x; }); });
  std::vector<TaskFuture<int>> squares, doubles;
  for (int i = 0; i < 100; ++i) {
    squares.push_back(pool.submit<int>("square", i));
    doubles.push_back(pool.submit<int>("double", i));
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(squares[static_cast<size_t>(i)].get(), i * i);
    EXPECT_EQ(doubles[static_cast<size_t>(i)].get(), 2 * i);
  }
}

TEST_F(PoolWorkersTest, ATaskIsntHeldUpByOneThatWaitsForIt) {
  std::latch later(1);
  const auto prepare = [&](Worker& worker) {
    worker.add("square", square);
    worker.add("wait", [&] { later.wait(); });
    worker.add("come", [&] { later.count_down(); });
  };
  const WorkerThread one(pool, prepare), two(pool, prepare);
  std::vector<TaskFuture<int>> squares;
  for (int i = 0; i < 500; ++i) squares.push_back(pool.submit<int>("square", i));
  auto waits = pool.submit<void>("wait");
  auto comes = pool.submit<void>("come");
  for (int i = 0; i < 500; ++i) squares.push_back(pool.submit<int>("square", i));
  waits.get();
  comes.get();
}

TEST_F(PoolWorkersTest, ShortTasksAreTakenTogether) {
  std::atomic<uint64_t> most{0};
  std::vector<TaskFuture<void>> futures;
  for (int i = 0; i < 500; ++i) futures.push_back(pool.submit<void>("look"));
  const WorkerThread worker(pool, [&](Worker& offering) {
    offering.add("look", [&] { most = std::max(most.load(), pool.state().in_hand); });
  });
  for (TaskFuture<void>& future : futures) future.get();
  EXPECT_GT(most, 1U);
  EXPECT_LE(most, 64U);
}

// The last one had as many in hand: it is done and not told, and another one is still to come.
TEST_F(PoolWorkersTest, OneThatTakesLongHoldsUpNoneThatCameWithIt) {
  expect_none_held_up(
      [](uint64_t last, uint64_t in_hand) { return in_hand > 2 && in_hand == last; });
}

// One of the two is done and not told.
TEST_F(PoolWorkersTest, OneThatTakesLongHoldsUpNoneThatCameBeforeIt) {
  expect_none_held_up([](uint64_t last, uint64_t in_hand) { return in_hand == 2 && last == 2; });
}

TEST_F(PoolWorkersTest, AResultThatIsRefusedHarmsNoneThatIsToldWithIt) {
  std::vector<TaskFuture<std::string>> futures;
  for (int i = 0; i < 500; ++i) futures.push_back(pool.submit<std::string>("text", i));
  const WorkerThread worker(pool, [](Worker& offering) {
    offering.add("text", [](int i) { return std::string(i % 100 == 99 ? "\xff" : "text"); });
  });
  for (size_t i = 0; i < 500; ++i) {
    if (i % 100 == 99) {
      EXPECT_THROW(futures[i].get(), TaskFailed);
    } else {
      EXPECT_EQ(futures[i].get(), "text");
    }
  }
}

TEST_F(PoolWorkersTest, AnIdleOneDoesAgainWhatTakesLongAndTheFirstAnswerCounts) {
  std::atomic<int> begun{0};
  std::latch answered(1);
  const auto prepare = [&](Worker& worker) {
    worker.add("begin", [&] {
      const int time = ++begun;
      if (time == 1) answered.wait();
      return time;
    });
  };
  const WorkerThread one(pool, prepare), two(connect("other").pool("pool"), prepare);
  auto future = pool.with({.rerun_after = 1ms}).submit<int>("begin");
  EXPECT_EQ(future.get(), 2);
  answered.count_down();
  await_parked(client, pool, 2);
  EXPECT_EQ(pool.state().done, 1U);
  EXPECT_EQ(begun, 2);
}

TEST_F(PoolWorkersTest, StopEndsAWorkerThatWaits) {
  WorkerThread worker(pool, add_square);
  await_parked(client, pool, 1);
  worker.stop();
  worker.join();
  EXPECT_THAT(pool.state().workers, IsEmpty());
}

TEST_F(PoolWorkersTest, AWorkerThatIsStoppedFinishesWhatItDoesAndGivesTheRestBack) {
  std::atomic<int> begun{0};
  Worker* stopping = nullptr;
  std::vector<TaskFuture<int>> futures;
  for (int i = 0; i < 1000; ++i) futures.push_back(pool.submit<int>("square", i));
  const auto prepare = [&](Worker& worker) {
    stopping = &worker;
    worker.add("square", [&](int x) {
      if (++begun == 500) stopping->stop();
      return x * x;
    });
  };
  WorkerThread first(pool, prepare);
  first.join();
  EXPECT_EQ(begun, 500);
  EXPECT_EQ(pool.state().lines.at(0).tasks, 500U);
  const WorkerThread second(pool, prepare);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(futures[static_cast<size_t>(i)].get(), i * i);
  EXPECT_EQ(begun, 1000) << "none was begun twice";
}

TEST_F(PoolWorkersTest, AWorkerCanDoOneTaskAtATime) {
  Worker worker(pool);
  worker.add("square", square);
  auto one = pool.submit<int>("square", 7);
  auto two = pool.submit<int>("square", 8);
  EXPECT_TRUE(worker.run_one());
  EXPECT_TRUE(one.ready());
  EXPECT_FALSE(two.ready());
  worker.stop();
  EXPECT_FALSE(worker.run_one());
}

}  // namespace
}  // namespace syncmanager

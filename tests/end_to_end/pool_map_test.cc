#include <barrier>
#include <forward_list>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/await.h"
#include "tests/support/client_fixture.h"
#include "tests/support/worker_thread.h"

namespace syncmanager {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kMany = 100'000;

int twice(int x) { return 2 * x; }

void add_twice(Worker& worker) { worker.add("twice", twice); }

class PoolMapTest : public ClientTest {
 protected:
  Pool pool = client.pool("pool");
};

TEST_F(PoolMapTest, EachResultComesOnceInWhateverOrder) {
  const WorkerThread one(pool, add_twice), two(connect("other").pool("pool"), add_twice);
  std::vector<int> seen(kMany, 0);
  for (const int result : pool.map_unordered<int>("twice", std::views::iota(0, kMany))) {
    ++seen.at(static_cast<size_t>(result / 2));
  }
  EXPECT_EQ(seen, std::vector<int>(kMany, 1));
}

TEST_F(PoolMapTest, MapReturnsResultsInTheOrderOfTheElements) {
  const WorkerThread one(pool, add_twice), two(connect("other").pool("pool"), add_twice);
  std::vector<int> expected;
  for (int i = 0; i < kMany; ++i) expected.push_back(2 * i);
  EXPECT_EQ(pool.map<int>("twice", std::views::iota(0, kMany)), expected);
  EXPECT_THAT(pool.map<int>("twice", std::forward_list<int>{3, 1, 2}, 2), ElementsAre(6, 2, 4));
  EXPECT_THAT(pool.map<int>("twice", std::vector<int>()), IsEmpty());
}

TEST_F(PoolMapTest, ARangeIsReadOnlyWhileThereIsRoom) {
  int read = 0;
  auto counted = std::views::iota(0, kMany) | std::views::transform([&](int i) {
                   ++read;
                   return i;
                 });
  const WorkerThread worker(pool, add_twice);
  auto results = pool.map_unordered<int>("twice", counted, 10);
  EXPECT_EQ(*results.begin() % 2, 0);
  EXPECT_LT(read, kMany / 10);
}

TEST_F(PoolMapTest, AnExceptionEndsTheMapAndTheRestIsntDone) {
  const WorkerThread worker(pool, [](Worker& offering) {
    offering.add("twice", [](int x) {
      if (x == 100) throw std::invalid_argument("not this one");
      return 2 * x;
    });
  });
  try {
    pool.map<int>("twice", std::views::iota(0, kMany), 7);
    FAIL() << "one of them threw";
  } catch (const TaskFailed& failed) {
    EXPECT_EQ(failed.type(), "std::invalid_argument");
    EXPECT_EQ(failed.message(), "not this one");
  }
  EXPECT_TRUE(await([&] { return pool.state().in_hand == 0; }, 10s));
  EXPECT_THAT(pool.state().lines, IsEmpty());
}

TEST_F(PoolMapTest, AWorkerJoinsInTheMiddle) {
  std::barrier both(2);
  const auto prepare = [&](Worker& worker) {
    worker.add("meet", [&](int x) {
      both.arrive_and_wait();
      return x;
    });
  };
  const WorkerThread first(pool, prepare);
  const std::vector<int> pair = {1, 2};
  std::vector<int> results;
  std::thread mapping([&] { results = pool.map<int>("meet", pair, 1); });
  EXPECT_TRUE(await([&] { return pool.state().in_hand == 1; }, 10s));
  const WorkerThread second(pool, prepare);
  mapping.join();
  EXPECT_EQ(results, pair);
}

TEST_F(PoolMapTest, LargeResultsMakeSmallChunks) {
  const WorkerThread worker(pool, [](Worker& offering) {
    offering.add("page", [](int) { return std::string(20'000, 'x'); });
  });
  size_t pages = 0;
  for (const std::string& page : pool.map_unordered<std::string>("page", std::views::iota(0, 2000)))
    pages += page.size() / 20'000;
  EXPECT_EQ(pages, 2000U);
}

TEST_F(PoolMapTest, WhatThePoolRefusesIsThrown) {
  const std::string too_long(256, 'f');
  EXPECT_THROW(pool.map<int>(too_long, std::views::iota(0, 10)), InvalidArgument);
}

}  // namespace
}  // namespace syncmanager

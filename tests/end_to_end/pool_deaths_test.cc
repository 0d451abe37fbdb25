#include <signal.h>
#include <syncmanager/workers.h>

#include <ranges>
#include <string>
#include <vector>

#include "tests/support/await.h"
#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kPoison = 150;

// Which attempt it took.
int survive(int x) {
  if (x == kPoison && this_task::attempt() == 1) raise(SIGKILL);
  return static_cast<int>(this_task::attempt());
}

// The functions of processes that are there to be killed.
class PoolDeathsTest : public testing::Test {
 protected:
  static void prepare(Worker& worker) {
    worker.add("survive", survive);
    worker.add("obey", [](const Event& spare) {
      if (!spare.is_set()) raise(SIGKILL);
    });
  }
  WorkersOptions options() const {
    return {.url = server.unix_address(), .client = client_options("worker")};
  }
  ClientOptions client_options(const std::string& name) const {
    return {.key_file = server.key_file(), .name = name};
  }
  Client connect() const { return Client(server.unix_address(), client_options("submitter")); }

  TestServer server;
};

TEST_F(PoolDeathsTest, OfAKilledWorkerOneTaskRunsAgain) {
  const Workers workers(2, "pool", prepare, options());
  const Pool pool(connect(), "pool");
  std::vector<TaskFuture<int>> futures;
  for (const int x : {1, kPoison, 3, 4}) futures.push_back(pool.submit<int>("survive", x));
  std::vector<int> attempts;
  for (TaskFuture<int>& future : futures) attempts.push_back(future.get());
  EXPECT_THAT(attempts, ElementsAre(1, 2, 1, 1));
}

TEST_F(PoolDeathsTest, WhatAKilledWorkerHadTakenWithItIsDoneToo) {
  const Workers workers(1, "pool", prepare, options());
  const Pool pool(connect(), "pool");
  std::vector<TaskFuture<int>> futures;
  for (int i = 0; i < 300; ++i) futures.push_back(pool.submit<int>("survive", i));
  for (int i = 0; i < 300; ++i) {
    const int attempt = futures[static_cast<size_t>(i)].get();
    if (i == kPoison) {
      EXPECT_EQ(attempt, 2);
    } else {
      EXPECT_LE(attempt, 3);
    }
  }
}

TEST_F(PoolDeathsTest, AMapGoesOnWhenAWorkerIsKilled) {
  const Workers workers(2, "pool", prepare, options());
  const Pool pool(connect(), "pool");
  size_t results = 0;
  for (const int attempt : pool.map_unordered<int>("survive", std::views::iota(0, 10'000), 10)) {
    EXPECT_LE(attempt, 3);
    ++results;
  }
  EXPECT_EQ(results, 10'000U);
}

TEST_F(PoolDeathsTest, WhatMayNotBeBegunTwiceIsLostForItsFutureAlone) {
  const Workers workers(1, "pool", prepare, options());
  const Pool pool = Pool(connect(), "pool").with({.idempotent = false});
  std::vector<TaskFuture<int>> futures;
  for (int i = 0; i < 300; ++i) futures.push_back(pool.submit<int>("survive", i));
  for (int i = 0; i < 300; ++i) {
    if (i == kPoison) continue;
    EXPECT_EQ(futures[static_cast<size_t>(i)].get(), 1);
  }
  try {
    futures[kPoison].get();
    FAIL() << "its worker was killed";
  } catch (const WorkerLost& lost) {
    EXPECT_THAT(lost.workers(), ElementsAre("worker"));
    EXPECT_THAT(lost.what(),
                HasSubstr("pool \"pool\": survive: its workers died with it (worker)"));
    EXPECT_THAT(lost.what(), HasSubstr("syncctl pool pool --retry"));
    EXPECT_EQ(pool.state().dead.at(0).task, lost.task());
  }
}

TEST_F(PoolDeathsTest, ADeadTaskIsRetriedWhenWhatKilledItIsGone) {
  const Workers workers(1, "pool", prepare, options());
  const Client client = connect();
  const Event spare = client.event();
  const Pool pool = Pool(client, "pool").with({.attempts = 2});
  auto future = pool.submit<void>("obey", spare);
  const uint64_t ticket = future.ticket();
  try {
    future.get();
    FAIL() << "it kills its workers";
  } catch (const WorkerLost& lost) {
    EXPECT_THAT(lost.workers(), ElementsAre("worker", "worker"));
    spare.set();
    EXPECT_EQ(pool.retry({lost.task()}), 1U);
  }
  pool.future<void>(ticket).get();
  EXPECT_THAT(pool.state().dead, IsEmpty());
}

TEST_F(PoolDeathsTest, WorkersMayBeMadeAfterAClient) {
  const Client client = connect();
  const Workers workers(1, "pool", prepare, options());
  const Pool pool(client, "pool");
  EXPECT_EQ(pool.submit<int>("survive", 7).get(), 1);
}

TEST_F(PoolDeathsTest, WorkersThatEndSayGoodbye) {
  std::optional<Workers> workers;
  workers.emplace(3, "pool", prepare, options());
  const Client client = connect();
  const Pool pool(client, "pool");
  EXPECT_TRUE(await([&] { return pool.state().workers.size() == 3; }, 10s));
  workers.reset();
  EXPECT_THAT(pool.state().workers, IsEmpty());
  EXPECT_EQ(client.statistics().sessions, 1U);
}

TEST_F(PoolDeathsTest, WorkersEndWhateverSignalsTheProgramIgnores) {
  ::signal(SIGCHLD, SIG_IGN);
  ::signal(SIGTERM, SIG_IGN);
  {
    const Workers workers(2, "pool", prepare, options());
    const Pool pool(connect(), "pool");
    EXPECT_EQ(pool.submit<int>("survive", kPoison).get(), 2) << "one that is killed is replaced";
  }
  ::signal(SIGTERM, SIG_DFL);
  ::signal(SIGCHLD, SIG_DFL);
}

}  // namespace
}  // namespace syncmanager

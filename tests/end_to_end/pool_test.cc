#include <latch>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/await.h"
#include "tests/support/client_fixture.h"
#include "tests/support/worker_thread.h"

namespace syncmanager {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

int square(int x) { return x * x; }

void add_square(Worker& worker) { worker.add("square", square); }

// Submits arguments that a Pool in C++ never does.
class RawPool : public PoolCalls {
 public:
  explicit RawPool(const Pool& pool) : PoolCalls(pool.reference()) {}
  template <class R, class T>
  TaskFuture<R> submit(std::string_view function, const T& arguments) const {
    return TaskFuture<R>(submit_encoded(function, encode(arguments)));
  }
};

template <class R>
TaskFailed failure_of(TaskFuture<R> future) {
  try {
    future.get();
  } catch (const TaskFailed& failed) {
    return failed;
  }
  throw std::logic_error("the task didn't fail");
}

class PoolTest : public ClientTest {
 protected:
  Pool pool = client.pool("pool");
};

TEST_F(PoolTest, AFunctionIsCalledByItsNameWithArgumentsOfItsTypes) {
  const WorkerThread worker(pool, [](Worker& offering) {
    offering.add("square", square);
    offering.add("repeat", [](const std::string& text, size_t times) {
      std::string all;
      for (; times > 0; --times) all += text;
      return all;
    });
    offering.add("put", [](const Queue<int>& queue, int item) { queue.put(item); });
    offering.add("answer", [] { return 42; });
  });
  EXPECT_EQ(pool.submit<int>("square", 7).get(), 49);
  EXPECT_EQ(pool.submit<std::string>("repeat", "ab", 3).get(), "ababab");
  EXPECT_EQ(pool.submit<int>("answer").get(), 42);
  const auto queue = client.queue<int>();
  pool.submit<void>("put", queue, 5).get();
  EXPECT_EQ(queue.get(), 5);
}

TEST_F(PoolTest, WhatAFunctionThrowsIsThrownToItsSubmitter) {
  const WorkerThread worker(pool, [](Worker& offering) {
    offering.add("square", square);
    offering.add("at", [](int i) { return std::vector<int>{1, 2}.at(static_cast<size_t>(i)); });
    offering.add("throw", [](int i) { throw i; });
  });
  const TaskFailed failed = failure_of(pool.submit<int>("at", 2));
  EXPECT_EQ(failed.type(), "std::out_of_range");
  EXPECT_THAT(failed.message(), HasSubstr("2"));
  EXPECT_THAT(failed.what(), HasSubstr("pool \"pool\": at: std::out_of_range: "));
  EXPECT_EQ(failed.traceback(), "");
  EXPECT_EQ(failure_of(pool.submit<int>("throw", 1)).type(), "int");
  EXPECT_EQ(pool.submit<int>("square", 3).get(), 9) << "the worker goes on";
}

TEST_F(PoolTest, TheWordsOfAnExceptionArriveWhateverTheirBytes) {
  const WorkerThread worker(pool, [](Worker& offering) {
    offering.add("square", square);
    offering.add("say", [](const std::string& words, size_t times) {
      std::string all;
      for (; times > 0; --times) all += words + "\xff\xe4";
      throw std::runtime_error(all);
    });
    offering.add("lose", [] { throw SessionLost("another manager is gone"); });
  });
  EXPECT_EQ(failure_of(pool.submit<void>("say", "f\u00fcr: ", 1)).message(),
            "f\u00fcr: \\xff\\xe4");
  const std::string long_words = failure_of(pool.submit<void>("say", "words", 3'000'000)).message();
  EXPECT_THAT(long_words, StartsWith("words\\xff\\xe4words"));
  EXPECT_THAT(long_words, EndsWith(" bytes are left out"));
  EXPECT_EQ(failure_of(pool.submit<void>("lose")).type(), "syncmanager::SessionLost");
  EXPECT_EQ(pool.submit<int>("square", 3).get(), 9) << "the worker goes on";
}

TEST_F(PoolTest, ArgumentsThatDontFitAreAnExceptionThatSaysWhatWasExpected) {
  const WorkerThread worker(pool, add_square);
  EXPECT_THAT(failure_of(pool.submit<int>("square", "7")).message(),
              HasSubstr("square: the value is text, not an integer"));
  EXPECT_THAT(failure_of(pool.submit<int>("square", 1, 2)).message(),
              HasSubstr("square: the value is a tuple of 2, not of 1"));
  const auto keywords = std::map<std::string, int>{{"x", 7}};
  EXPECT_THAT(failure_of(RawPool(pool).submit<int>("square", keywords)).message(),
              HasSubstr("a dict of keywords; a function in C++ takes a tuple"));
}

TEST_F(PoolTest, AChunkOfAnotherLanguageHasArgumentsWithoutTuples) {
  const WorkerThread worker(pool, [](Worker& offering) {
    offering.add("square", square);
    offering.add("length", [](const std::vector<int>& list) { return list.size(); });
  });
  const RawPool raw(pool);
  using Ints = std::vector<int>;
  EXPECT_THAT(raw.submit<Ints>("square", Ints{2, 3}).get(), ElementsAre(4, 9));
  EXPECT_THAT(raw.submit<Ints>("length", std::vector<Ints>{{1, 2}, {}}).get(), ElementsAre(2, 0));
  EXPECT_THAT(failure_of(raw.submit<Ints>("square", std::vector<std::string>{"a"})).message(),
              HasSubstr("square: the value is text, not an integer"));
}

TEST_F(PoolTest, AResultThatIsNoRIsTheSubmittersWrongType) {
  const WorkerThread worker(pool, add_square);
  EXPECT_THROW(pool.submit<std::string>("square", 7).get(), WrongType);
}

TEST(PoolOfASmallManager, AResultThatTheManagerDoesntTakeIsAnException) {
  const TestServer server({"--max-value-bytes=100000"});
  const Client client(server.unix_address(), {.key_file = server.key_file()});
  const Pool pool = client.pool("pool");
  const WorkerThread worker(pool, [](Worker& offering) {
    offering.add("square", square);
    offering.add("no_text", [] { return std::string("\xff"); });
    offering.add("too_much", [] { return std::string(200'000, 'x'); });
    offering.add("far_too_much", [] { return std::string(size_t{5} << 20, 'x'); });
  });
  auto before = pool.submit<int>("square", 2);
  for (const char* function : {"no_text", "too_much", "far_too_much"}) {
    EXPECT_THAT(failure_of(pool.submit<std::string>(function)).type(), HasSubstr("syncmanager::"))
        << function;
  }
  EXPECT_EQ(before.get(), 4);
  EXPECT_EQ(pool.submit<int>("square", 3).get(), 9);
}

TEST_F(PoolTest, AFutureIsReadyOnceAWorkerHasDoneItsTask) {
  auto future = pool.submit<int>("square", 7);
  EXPECT_FALSE(future.ready());
  EXPECT_FALSE(future.wait_for(1ms));
  const WorkerThread worker(pool, add_square);
  future.wait();
  EXPECT_TRUE(future.ready());
  EXPECT_TRUE(future.wait_for(0s));
  EXPECT_TRUE(future.valid());
  EXPECT_EQ(future.get(), 49);
  EXPECT_FALSE(future.valid());
}

TEST_F(PoolTest, ATaskThatNobodyHasBegunCanBeCancelled) {
  auto future = pool.submit<int>("square", 7);
  EXPECT_TRUE(future.cancel());
  EXPECT_THROW(future.get(), Cancelled);
  EXPECT_THAT(pool.state().lines, IsEmpty());

  const WorkerThread worker(pool, add_square);
  auto done = pool.submit<int>("square", 7);
  done.wait();
  EXPECT_FALSE(done.cancel());
  EXPECT_EQ(done.get(), 49);
}

TEST_F(PoolTest, ThreadsThatWaitForFuturesOfOnePoolBringEachOthersResults) {
  const WorkerThread worker(pool, add_square);
  std::vector<std::thread> threads;
  for (int first = 0; first < 4; ++first) {
    threads.emplace_back([this, first] {
      for (int i = first; i < 400; i += 4) EXPECT_EQ(pool.submit<int>("square", i).get(), i * i);
    });
  }
  std::vector<TaskFuture<int>> futures;
  for (int i = 0; i < 400; ++i) futures.push_back(pool.submit<int>("square", i));
  for (int i = 400; i-- > 0;) EXPECT_EQ(futures[static_cast<size_t>(i)].get(), i * i);
  for (std::thread& thread : threads) thread.join();
}

TEST_F(PoolTest, TheResultOfAForgottenFutureTroublesNobody) {
  const auto done = client.queue<int>();
  const WorkerThread worker(pool, [&](Worker& offering) {
    offering.add("square", square);
    offering.add("note", [&](int item) { done.put(item); });
  });
  { const auto forgotten = pool.submit<void>("note", 1); }
  EXPECT_EQ(done.get(), 1);
  EXPECT_EQ(pool.submit<int>("square", 2).get(), 4);
}

TEST_F(PoolTest, WithItsLastCopyAndFutureAPoolsTasksEnd) {
  {
    const Pool other = client.pool("pool");
    const auto future = other.submit<int>("square", 7);
    EXPECT_EQ(pool.state().lines.at(0).tasks, 1U);
  }
  EXPECT_THAT(pool.state().lines, IsEmpty());
}

TEST_F(PoolTest, TheEndOfThePoolEndsItsWorkersAndFutures) {
  WorkerThread worker(pool, add_square);
  auto future = pool.submit<int>("unknown", 1);
  await_parked(client, pool, 1);
  EXPECT_TRUE(client.remove("pool"));
  worker.join();
  EXPECT_THROW(future.get(), NoSuchObject);
}

TEST_F(PoolTest, AFunctionTellsHowFarItIs) {
  std::latch seen(1);
  const WorkerThread worker(pool, [&](Worker& offering) {
    offering.add("walk", [&](int steps) {
      for (int step = 1; step <= steps; ++step) this_task::progress(step);
      seen.wait();
      return this_task::attempt();
    });
  });
  auto walk = pool.submit<int>("walk", 3);
  EXPECT_TRUE(await([&] { return walk.progress<int>() == 3; }, 10s));
  EXPECT_EQ(walk.progress<int>(), std::nullopt) << "it is told once";
  seen.count_down();
  EXPECT_EQ(walk.get(), 1);
  this_task::progress("outside of a task it does nothing");
  EXPECT_EQ(this_task::attempt(), 0U);
}

TEST_F(PoolTest, AKeptInboxIsCollectedByWhoeverNamesIt) {
  uint64_t ticket = 0;
  {
    const Client submitter = connect("submitter");
    ticket = submitter.pool("pool", {.kept_inbox = "nightly"}).submit<int>("square", 7).ticket();
  }
  const WorkerThread worker(pool, add_square);
  const Pool collector(client, "pool", {.kept_inbox = "nightly"});
  EXPECT_EQ(collector.future<int>(ticket).get(), 49);
}

TEST_F(PoolTest, ItsStateTellsWhoWorksAndWhatWaits) {
  std::latch seen(1);
  const WorkerThread worker(pool,
                            [&](Worker& offering) { offering.add("wait", [&] { seen.wait(); }); });
  auto first = pool.submit<void>("wait");
  auto second = pool.submit<void>("wait");
  auto unknown = pool.submit<void>("unknown");
  EXPECT_TRUE(await([&] { return pool.state().in_hand == 1; }, 10s));
  const PoolState state = pool.state();
  EXPECT_EQ(state.workers.at(0).client, "test");
  EXPECT_EQ(state.workers.at(0).function, "wait");
  EXPECT_EQ(state.lines.at(0).function, "unknown");
  EXPECT_FALSE(state.lines.at(0).offered);
  EXPECT_TRUE(state.lines.at(1).offered);
  seen.count_down();
  first.get();
  second.get();
}

TEST(PoolLimitTest, WhatThePoolHasNoRoomForIsLostForItsFutureAlone) {
  const TestServer server({"--max-pool-tasks=3"});
  const Client client(server.unix_address(), {.key_file = server.key_file()});
  const Pool pool(client);
  std::vector<TaskFuture<int>> futures;
  for (int i = 0; i < 4; ++i) futures.push_back(pool.submit<int>("square", i));
  EXPECT_TRUE(futures[3].ready());
  EXPECT_THROW(futures[3].get(), LimitExceeded);
  const WorkerThread worker(pool, add_square);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(futures[static_cast<size_t>(i)].get(), i * i);
  EXPECT_EQ(pool.submit<int>("square", 4).get(), 16);
}

TEST_F(PoolTest, ALostConnectionEndsEveryFuture) {
  auto one = pool.submit<int>("square", 1);
  auto two = pool.submit<int>("square", 2);
  std::thread waiting([&] { EXPECT_THROW(one.get(), Disconnected); });
  server.send_signal(SIGKILL);
  EXPECT_THROW(two.get(), Disconnected);
  waiting.join();
}

}  // namespace
}  // namespace syncmanager

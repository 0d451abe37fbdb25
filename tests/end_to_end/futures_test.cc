#include <string>
#include <vector>

#include "tests/support/await.h"
#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Eq;
using testing::Optional;

class FuturesTest : public ClientTest {};

TEST_F(FuturesTest, ManyCallsAreUnderWayFromOneThread) {
  const auto jobs = client.queue<int>();
  std::vector<Future<int>> got;
  for (int i = 0; i < 200; ++i) got.push_back(jobs.async_get());
  std::vector<Future<void>> put;
  for (int i = 0; i < 200; ++i) put.push_back(jobs.async_put(i));
  for (int i = 0; i < 200; ++i) EXPECT_EQ(got[static_cast<size_t>(i)].get(), i);
  for (Future<void>& done : put) done.get();
  EXPECT_EQ(jobs.size(), 0);
}

TEST_F(FuturesTest, EachKindOfResultArrives) {
  const auto sums = client.dict<std::string, int>();
  Future<void> set = sums.async_set("a", 1);
  Future<int> added = sums.async_add("a", 2);
  Future<std::optional<int>> missing = sums.async_find("b");
  EXPECT_EQ(missing.get(), std::nullopt);
  EXPECT_EQ(added.get(), 3);
  set.get();
  EXPECT_THAT(sums.async_find("a").get(), Optional(3));
  EXPECT_FALSE(set.valid());
}

TEST_F(FuturesTest, AFutureIsReadyWithoutAnybodyWaiting) {
  const auto jobs = client.queue<int>();
  const Future<int> got = jobs.async_get();
  EXPECT_FALSE(got.ready());
  const Future<void> put = jobs.async_put(1);
  EXPECT_TRUE(await([&] { return got.ready(); }, std::chrono::seconds(10)));
}

TEST_F(FuturesTest, WhatNobodyWaitsForIsSentAllTheSame) {
  const auto jobs = client.queue<std::string>("jobs");
  std::vector<Future<void>> put;
  for (int i = 0; i < 100; ++i) put.push_back(jobs.async_put("item"));
  // Another client sees all of them although this one never comes back.
  const Client other = connect();
  const auto theirs = other.queue<std::string>("jobs");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(theirs.get(), "item");
}

TEST_F(FuturesTest, EachOfSeveralCallsThatNobodyWaitsForIsSentSoon) {
  // No heartbeat comes along to take a forgotten call with it: they are 20 minutes apart.
  const TestServer patient({"--session-timeout=1h"});
  const ClientOptions options{.key_file = patient.key_file(), .session_timeout = 1h};
  const Client ours(patient.unix_address(), options), other(patient.unix_address(), options);
  const auto jobs = ours.queue<int>("jobs"), same = other.queue<int>("jobs");
  std::vector<Future<int>> got;
  for (uint64_t calls = 1; calls <= 100 && !HasFatalFailure(); ++calls) {
    got.push_back(jobs.async_get());
    await_parked(other, same, calls);
  }
}

// A burst is divided between who makes the calls and the library's own thread in many ways.
TEST_F(FuturesTest, BurstsOfCallsThatNobodyWaitsForAreSentSoon) {
  constexpr uint64_t kCalls = 20;
  const TestServer patient({"--session-timeout=1h"});
  const ClientOptions options{.key_file = patient.key_file(), .session_timeout = 1h};
  const Client ours(patient.unix_address(), options), other(patient.unix_address(), options);
  const auto jobs = ours.queue<int>("jobs"), same = other.queue<int>("jobs");
  for (int round = 0; round < 300 && !HasFatalFailure(); ++round) {
    std::vector<Future<int>> got;
    while (got.size() < kCalls) got.push_back(jobs.async_get());
    await_parked(other, same, kCalls);
    got.clear();
    await_parked(other, same, 0);
  }
}

TEST_F(FuturesTest, APutThatFindsNoRoomInTimeSaysSo) {
  const auto full = client.queue<int>({}, {.capacity = 1});
  auto first = full.async_put_for(1, 10s), second = full.async_put_for(2, 0s);
  EXPECT_TRUE(first.get());
  EXPECT_FALSE(second.get());
}

TEST_F(FuturesTest, ACancelledCallDidNothing) {
  const auto jobs = client.queue<int>();
  Future<int> got = jobs.async_get();
  EXPECT_TRUE(got.cancel());
  jobs.put(1);
  EXPECT_THROW(got.get(), Cancelled);
  EXPECT_EQ(jobs.size(), 1);
}

TEST_F(FuturesTest, ACancelThatComesTooLateLeavesTheResult) {
  const auto jobs = client.queue<int>();
  jobs.put(1);
  Future<int> got = jobs.async_get();
  EXPECT_FALSE(got.cancel());
  EXPECT_EQ(got.get(), 1);
}

TEST_F(FuturesTest, ADestroyedFutureLeavesItsPlace) {
  const auto jobs = client.queue<int>("jobs");
  const Client other = connect();
  {
    const Future<int> got = jobs.async_get();
    await_parked(other, *other.find<Queue<int>>("jobs"), 1);
  }
  await_parked(other, *other.find<Queue<int>>("jobs"), 0);
  jobs.put(1);
  EXPECT_EQ(jobs.get(), 1);
}

TEST_F(FuturesTest, AnItemThatNobodyTookIsPutBackAtTheHead) {
  const auto jobs = client.queue<int>();
  for (const int item : {7, 8}) jobs.put(item);
  {
    const Future<int> got = jobs.async_get();
    got.wait();
  }
  for (const int item : {7, 8}) {
    EXPECT_EQ(jobs.get(), item);
    jobs.task_done();
  }
  jobs.join();
}

TEST_F(FuturesTest, AnItemOfAReliableQueueThatNobodyTookCountsAsNotDelivered) {
  const auto jobs = client.queue<int>({}, {.reliable = true});
  for (const int item : {7, 8}) jobs.put(item);
  {
    const Future<int> got = jobs.async_get();
    got.wait();
  }
  const Delivery<int> job = jobs.take();
  EXPECT_EQ(job.item(), 7);
  EXPECT_FALSE(job.redelivered());
}

TEST_F(FuturesTest, AFutureOfALostConnectionSaysSo) {
  const auto jobs = client.queue<int>();
  Future<int> got = jobs.async_get();
  server.send_signal(SIGKILL);
  EXPECT_THROW(got.get(), Disconnected);
  EXPECT_THROW(jobs.async_get().get(), Disconnected);
}

}  // namespace
}  // namespace syncmanager

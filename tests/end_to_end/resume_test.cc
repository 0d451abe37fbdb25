// The C++ client on a bad network: a lost connection is a pause, and what can't be brought back is
// said to be lost.

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <vector>

#include "tests/support/chaos_proxy.h"
#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

using std::chrono::seconds;

// With tags and with TLS.
class ResumeTest : public ClientTest, public testing::WithParamInterface<const char*> {
 protected:
  // A client at the other end of the network.
  Client connect_far(ClientOptions options = {}) const {
    options.key_file = server.key_file();
    options.name = "far";
    return Client(GetParam() + network.tcp_address().substr(3), options);
  }
  ChaosProxy network{server.tcp_address()};
};

TEST_P(ResumeTest, ACallThatWaitsGoesOnOverAnotherStream) {
  const Client far = connect_far();
  const auto jobs = far.queue<std::string>("jobs");
  auto taken = std::async(std::launch::async, [&] { return jobs.get(); });
  await_parked(client, jobs, 1);
  network.reset_all();
  client.queue<std::string>("jobs").put("one");
  EXPECT_EQ(taken.get(), "one");
}

TEST_P(ResumeTest, ALockStaysHeldThroughACut) {
  const Client far = connect_far();
  const Lock mine = far.lock("shared");
  const Lock theirs = client.lock("shared");
  mine.lock();
  network.reset_all();
  EXPECT_FALSE(theirs.try_lock());
  mine.unlock();
  EXPECT_TRUE(theirs.try_lock());
  EXPECT_FALSE(theirs.abandoned());
}

TEST_P(ResumeTest, EveryOperationIsDoneOnceHoweverOftenTheNetworkFails) {
  constexpr int kThreads = 4, kAdds = 1000, kBetween = 100;
  const Client far = connect_far();
  const auto sum = far.value<int64_t>("sum", 0);
  std::atomic<int> done = 0;
  std::vector<std::future<void>> adders;
  for (int thread = 0; thread < kThreads; ++thread) {
    adders.push_back(std::async(std::launch::async, [&] {
      for (int i = 0; i < kAdds; ++i, ++done) sum.add(1);
    }));
  }
  for (int cut = kBetween; cut < kThreads * kAdds; cut += kBetween) {
    while (done < cut) std::this_thread::yield();
    network.reset_all();
  }
  for (auto& adder : adders) adder.get();
  EXPECT_EQ(sum.get(), kThreads * kAdds);
  EXPECT_GT(network.counts().connections, 10) << "resumptions";
}

TEST_P(ResumeTest, WhatIsInFlightArrivesOnceAndInItsOrder) {
  constexpr int64_t kPuts = 5'000;
  const Client far = connect_far();
  const auto line = far.queue<int64_t>("line");
  std::vector<Future<void>> puts;
  for (int64_t i = 0; i < kPuts; ++i) {
    puts.push_back(line.async_put(i));
    if (i % 500 == 499) network.reset_all();
  }
  for (Future<void>& put : puts) put.get();
  const auto near_end = client.queue<int64_t>("line");
  ASSERT_EQ(near_end.size(), kPuts);
  for (int64_t i = 0; i < kPuts; ++i) ASSERT_EQ(near_end.get(), i);
}

TEST_P(ResumeTest, ItGoesOnAfterABlackHole) {
  const Client far = connect_far({.session_timeout = seconds(6)});
  const auto jobs = far.queue<std::string>("jobs");
  network.black_hole();
  auto put = std::async(std::launch::async, [&] { jobs.put("one"); });
  while (network.counts().swallowed == 0) std::this_thread::yield();
  network.heal();
  put.get();
  EXPECT_EQ(jobs.size(), 1);
}

TEST_P(ResumeTest, SilenceIsNoticedInTimeToResume) {
  const Client far = connect_far({.session_timeout = seconds(3)});
  const Lock mine = far.lock("shared");
  mine.lock();
  network.throttle(0);  // Nothing passes, and neither side notices.
  while (network.counts().connections == 1) std::this_thread::yield();
  network.heal();
  mine.unlock();
  EXPECT_TRUE(client.lock("shared").try_lock());
}

TEST_P(ResumeTest, HalfAConnectionIsNone) {
  const Client far = connect_far();
  using Direction = ChaosProxy::Direction;
  for (const auto direction : {Direction::kToServer, Direction::kToClient}) {
    far.ping();
    network.half_close(direction);
    far.ping();
  }
}

TEST_P(ResumeTest, BytesThatComeOneByOneMakeTheSameMessages) {
  network.one_byte_segments();
  const Client far = connect_far();
  const auto jobs = far.queue<std::string>("jobs");
  jobs.put(std::string(10'000, 'x'));
  EXPECT_EQ(jobs.get(), std::string(10'000, 'x'));
}

TEST_P(ResumeTest, AfterTheSessionTimeoutTheSessionIsLostAndNotSilentlyAnotherOne) {
  std::promise<void> told;
  const Client far =
      connect_far({.session_timeout = seconds(1), .on_session_lost = [&] { told.set_value(); }});
  const Lock mine = far.lock("shared");
  const auto jobs = far.queue<int64_t>("jobs");
  mine.lock();
  auto waiting = std::async(std::launch::async, [&] { return jobs.get(); });
  await_parked(client, jobs, 1);
  network.black_hole();
  network.reset_all();

  EXPECT_THROW(waiting.get(), SessionLost);
  EXPECT_THROW(mine.locked(), SessionLost);
  EXPECT_NO_THROW(mine.unlock()) << "guards call it while they unwind";
  EXPECT_EQ(told.get_future().wait_for(seconds(10)), std::future_status::ready);

  const Lock theirs = client.lock("shared");
  ASSERT_TRUE(theirs.try_lock_for(seconds(10)));
  EXPECT_TRUE(theirs.abandoned());
}

TEST_P(ResumeTest, AManagerThatWasStartedAnewDoesNotKnowTheSession) {
  auto first = std::make_unique<TestServer>();
  const std::string address = first->tcp_address();
  const std::string key = [&] {
    std::ifstream file(first->key_file());
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  const Client far(address, {.key = key});
  const Lock mine = far.lock("shared");
  mine.lock();
  const std::string key_copy = server.directory() + "/copied-key";
  std::filesystem::copy_file(first->key_file(), key_copy);
  first.reset();
  const TestServer second({"--listen=" + address, "--authkey-file=" + key_copy});
  EXPECT_THROW(mine.locked(), SessionLost);
}

TEST_P(ResumeTest, ClosingWhileTheNetworkIsDownDoesNotWaitForIt) {
  const Client far = connect_far();
  network.black_hole();
  network.reset_all();
  far.close();
  EXPECT_THROW(far.ping(), Disconnected);
}

INSTANTIATE_TEST_SUITE_P(Over, ResumeTest, testing::Values("tcp", "tls"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace syncmanager

// Waiting calls that another thread ends: they did nothing, or their items are returned.

#include <syncmanager/interruptible.h>

#include <future>
#include <mutex>
#include <stop_token>

#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

class InterruptibleTest : public ClientTest {
 protected:
  // The result of `call` in another thread, where `stop` ends it.
  template <class Call>
  auto start(Call call) {
    return std::async(std::launch::async, [this, call] {
      const Interruptible here(stop.get_token());
      return call();
    });
  }

  std::stop_source stop;
  Client other = connect("other");
};

TEST_F(InterruptibleTest, AWaitThatIsEndedTakesNothing) {
  const auto jobs = client.queue<int>("jobs");
  const auto full = client.queue<int>("full", {.capacity = 1});
  full.put(1);
  const Lock lock = client.lock("lock");
  lock.lock();
  auto get = start([&] { return jobs.get(); });
  auto put = start([&] { full.put(2); });
  auto locked = start([&] { lock.lock(); });
  await_parked(other, jobs, 1);
  await_parked(other, full, 1);
  await_parked(other, lock, 1);
  stop.request_stop();
  EXPECT_THROW(get.get(), Cancelled);
  EXPECT_THROW(put.get(), Cancelled);
  EXPECT_THROW(locked.get(), Cancelled);
  jobs.put(7);
  EXPECT_EQ(jobs.size(), 1);
  EXPECT_EQ(full.size(), 1);
  lock.unlock();
  EXPECT_TRUE(lock.try_lock());
}

TEST_F(InterruptibleTest, AnItemThatComesWithTheStopIsReturnedOrStays) {
  const auto jobs = client.queue<int>("jobs");
  for (int i = 0; i < 200; ++i) {
    stop = {};
    auto get = start([&] { return jobs.get(); });
    await_parked(other, jobs, 1);
    auto putting = std::async(std::launch::async, [&] { other.queue<int>("jobs").put(i); });
    stop.request_stop();
    putting.get();
    try {
      EXPECT_EQ(get.get(), i);
    } catch (const Cancelled&) {
      EXPECT_EQ(jobs.try_get(), i);
    }
    EXPECT_EQ(jobs.size(), 0);
  }
}

TEST_F(InterruptibleTest, CallsAfterTheStopAreDoneIfTheyNeedntWait) {
  const auto jobs = client.queue<int>("jobs");
  stop.request_stop();
  const Interruptible here(stop.get_token());
  jobs.put(1);
  EXPECT_EQ(jobs.get(), 1);
  EXPECT_THROW(jobs.get(), Cancelled);
}

TEST_F(InterruptibleTest, OtherThreadsAndLaterCallsAreNotMeant) {
  const auto jobs = client.queue<int>("jobs");
  auto unstopped = std::async(std::launch::async, [&] { return jobs.get(); });
  await_parked(other, jobs, 1);
  stop.request_stop();
  { const Interruptible here(stop.get_token()); }
  EXPECT_EQ(jobs.try_get_for(std::chrono::milliseconds(1)), std::nullopt);
  jobs.put(1);
  EXPECT_EQ(unstopped.get(), 1);
}

TEST_F(InterruptibleTest, AnItemThatWasPutBackIsTheNextOne) {
  const auto jobs = client.queue<int>("jobs", {.capacity = 2});
  jobs.put(1);
  jobs.put(2);
  const int first = jobs.get();
  jobs.put(3);
  jobs.put_back(first);
  EXPECT_EQ(jobs.size(), 3) << "whatever its capacity is";
  EXPECT_EQ(jobs.get(), 1);
  const auto sure = client.queue<int>("sure", {.reliable = true});
  EXPECT_THROW(sure.put_back(1), Refused);
}

}  // namespace
}  // namespace syncmanager

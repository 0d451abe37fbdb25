#include <limits>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

class WaitingTest : public ClientTest {};

TEST_F(WaitingTest, ALockIsATimedLockable) {
  Lock counting = client.lock("counting");
  {
    const std::scoped_lock guard(counting);
    EXPECT_TRUE(counting.locked());
    EXPECT_FALSE(connect().lock("counting").try_lock());
    EXPECT_FALSE(connect().lock("counting").try_lock_for(milliseconds(1)));
  }
  EXPECT_FALSE(counting.locked());
  EXPECT_THROW(counting.unlock(), Refused);
}

TEST_F(WaitingTest, EveryGrantHasAHigherFencingNumber) {
  const Lock lock = client.lock();
  lock.lock();
  const uint64_t first = lock.fencing();
  lock.unlock();
  lock.lock();
  EXPECT_GT(lock.fencing(), first);
  EXPECT_FALSE(lock.abandoned());
}

TEST_F(WaitingTest, TwoThreadsTakeTwoLocksInAnyOrder) {
  Lock one = client.lock(), two = client.lock();
  int total = 0;
  const auto work = [&total](Lock& first, Lock& second) {
    for (int i = 0; i < 200; ++i) {
      const std::scoped_lock both(first, second);
      ++total;
    }
  };
  std::thread other([&] { work(two, one); });
  work(one, two);
  other.join();
  EXPECT_EQ(total, 400);
}

TEST_F(WaitingTest, AnRLockBelongsToItsThread) {
  const RLock lock = client.rlock();
  lock.lock();
  lock.lock();
  std::thread([&lock] {
    EXPECT_FALSE(lock.try_lock());
    EXPECT_THROW(lock.unlock(), Refused);
  }).join();
  lock.unlock();
  EXPECT_TRUE(lock.locked());
  lock.unlock();
  EXPECT_FALSE(lock.locked());
}

TEST_F(WaitingTest, ASemaphoreCountsItsPermits) {
  const Semaphore slots = client.semaphore("", 2);
  slots.acquire(2);
  EXPECT_FALSE(slots.try_acquire());
  slots.release(3);
  EXPECT_EQ(slots.value(), 3);
  const BoundedSemaphore bounded = client.bounded_semaphore("", 1);
  EXPECT_THROW(bounded.release(), Refused);
}

TEST_F(WaitingTest, AConditionWakesWhoeverWaits) {
  Condition turn = client.condition("turn");
  const auto whose = client.value<int>("whose", 0);
  std::thread other([&] {
    std::unique_lock mine(turn);
    turn.wait([&] { return whose.get() == 1; });
    whose.set(2);
    turn.notify_all();
  });
  std::unique_lock mine(turn);
  whose.set(1);
  turn.notify_all();
  EXPECT_TRUE(turn.wait_for(std::chrono::seconds(10), [&] { return whose.get() == 2; }));
  mine.unlock();
  other.join();
  EXPECT_THROW(turn.notify_one(), Refused);
}

TEST_F(WaitingTest, AConditionThatNobodyNotifiesTimesOutHoldingItsLock) {
  const Lock lock = client.lock();
  const Condition quiet = client.condition("", lock);
  quiet.lock();
  EXPECT_FALSE(quiet.wait_for(milliseconds(1)));
  EXPECT_TRUE(lock.locked());
  quiet.unlock();
}

TEST_F(WaitingTest, AnEventLetsEverybodyGo) {
  const Event start = client.event();
  EXPECT_FALSE(start.wait_for(milliseconds(1)));
  std::thread waiter([&start] { start.wait(); });
  await_parked(client, start, 1);
  start.set();
  waiter.join();
  EXPECT_TRUE(start.is_set());
  start.clear();
  EXPECT_FALSE(start.is_set());
}

TEST_F(WaitingTest, ABarrierGivesEachPartyAPlace) {
  const Barrier meeting = client.barrier("", 3);
  std::mutex mutex;
  std::set<int64_t> places;
  std::vector<std::thread> parties;
  for (int i = 0; i < 3; ++i) {
    parties.emplace_back([&] {
      const int64_t place = meeting.wait();
      const std::scoped_lock guard(mutex);
      places.insert(place);
    });
  }
  for (std::thread& party : parties) party.join();
  EXPECT_THAT(places, ElementsAre(0, 1, 2));
  EXPECT_THROW(meeting.wait_for(milliseconds(1)), BrokenBarrier);
  EXPECT_TRUE(meeting.broken());
  meeting.reset();
  EXPECT_FALSE(meeting.broken());
  EXPECT_EQ(meeting.parties(), 3);
}

TEST_F(WaitingTest, AnRWLockHasManyReadersOrOneWriter) {
  RWLock lock = client.rwlock();
  {
    const std::shared_lock reader(lock);
    std::thread([&lock] {
      EXPECT_TRUE(lock.try_lock_shared());
      EXPECT_EQ(lock.readers(), 2);
      lock.unlock_shared();
      EXPECT_FALSE(lock.try_lock());
    }).join();
  }
  const std::unique_lock writer(lock);
  EXPECT_EQ(lock.readers(), -1);
}

TEST_F(WaitingTest, ALatchOpensOnce) {
  const CountDownLatch ready = client.latch("", 2);
  EXPECT_FALSE(ready.try_wait());
  ready.count_down();
  EXPECT_EQ(ready.count(), 1);
  ready.count_down();
  ready.wait();
}

TEST_F(WaitingTest, ACounterLetsPassWhoWaitsForItsNumber) {
  const Counter done = client.counter("", 2);
  EXPECT_FALSE(done.try_wait(4));
  Future<void> four = done.async_wait(4);
  EXPECT_EQ(done.add(), 3);
  EXPECT_FALSE(four.ready());
  EXPECT_EQ(done.async_add(2).get(), 5);
  four.get();
  done.wait(5);
  EXPECT_EQ(done.get(), 5);
  EXPECT_THROW(done.add(std::numeric_limits<int64_t>::max()), Refused);
}

TEST_F(WaitingTest, EightThreadsShareOneConnection) {
  const auto jobs = client.queue<int>();
  const auto total = client.value<int64_t>("", 0);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        jobs.put(1);
        total.add(jobs.get());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(total.get(), 8 * 500);
  EXPECT_EQ(client.statistics().sessions, 1U);
}

TEST_F(WaitingTest, AClosedClientThrowsDisconnectedAndUnlocksInSilence) {
  const Lock lock = client.lock();
  const auto jobs = client.queue<int>("jobs");
  std::thread waiter([&jobs] { EXPECT_THROW(jobs.get(), Disconnected); });
  const Client other = connect();
  await_parked(other, *other.find<Queue<int>>("jobs"), 1);
  lock.lock();
  client.close();
  waiter.join();
  lock.unlock();
  EXPECT_THROW(jobs.put(1), Disconnected);
}

}  // namespace
}  // namespace syncmanager

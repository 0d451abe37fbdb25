#include <stdexcept>
#include <string>

#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ReliableTest : public ClientTest {
 protected:
  Queue<std::string> jobs = client.queue<std::string>("jobs", {.reliable = true});
};

TEST_F(ReliableTest, ADeliveryThatIsAckedIsDone) {
  jobs.put("a");
  Delivery<std::string> job = jobs.take();
  EXPECT_EQ(job.item(), "a");
  EXPECT_EQ(job.deliveries(), 1U);
  EXPECT_FALSE(job.redelivered());
  EXPECT_FALSE(jobs.join_for(0s));
  job.ack();
  jobs.join();
  EXPECT_THROW(job.ack(), Refused);
}

TEST_F(ReliableTest, AnExceptionGivesTheItemBack) {
  jobs.put("a");
  try {
    const Delivery<std::string> job = jobs.take();
    throw std::runtime_error("the work failed");
  } catch (const std::runtime_error&) {
  }
  Delivery<std::string> again = jobs.take();
  EXPECT_EQ(again.item(), "a");
  EXPECT_TRUE(again.redelivered());
  again.ack();
}

TEST_F(ReliableTest, ADeliveryThatIsReplacedGoesBackAtOnce) {
  for (const char* item : {"a", "b"}) jobs.put(item);
  Delivery<std::string> job = jobs.take();
  job = jobs.take();
  EXPECT_EQ(job.item(), "b");
  EXPECT_EQ(jobs.take().item(), "a");
}

TEST_F(ReliableTest, AnItemOfAnotherTypeGoesBack) {
  jobs.put("a");
  const auto numbers = Queue<int>(jobs.reference());
  EXPECT_THROW(numbers.take(), WrongType);
  EXPECT_EQ(jobs.take().deliveries(), 2U);
}

TEST_F(ReliableTest, NackWithADelayGivesBackLater) {
  jobs.put("a");
  jobs.take().nack(50ms);
  EXPECT_FALSE(jobs.try_take());
  const auto again = jobs.try_take_for(10s);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->redelivered());
}

TEST_F(ReliableTest, GetAndTaskDoneDoAsOnAnyQueue) {
  jobs.put("a");
  EXPECT_EQ(jobs.get(), "a");
  jobs.task_done();
  jobs.join();
  EXPECT_THROW(jobs.task_done(), Refused);
}

TEST_F(ReliableTest, WhatAThreadGotComesBackWhenItsProgramEnds) {
  jobs.put("a");
  {
    const Client other = connect();
    EXPECT_EQ(other.queue<std::string>("jobs", {.reliable = true}).get(), "a");
  }
  EXPECT_EQ(jobs.take().deliveries(), 2U);
}

TEST_F(ReliableTest, ADeadLetterIsLookedAtAndPutBack) {
  const auto dead = client.queue<std::string>();
  const auto once =
      client.queue<std::string>({}, {.reliable = true, .max_deliveries = 1, .dead_letters = dead});
  once.put("a");
  once.take().nack();
  once.join();
  once.put(dead.get());
  EXPECT_EQ(once.take().deliveries(), 1U);
}

TEST_F(ReliableTest, TheOldSpellingOfMaxDeliveriesIsUnderstood) {
  const auto once = client.queue<int>({}, {.reliable = true, .most_deliveries = 1});
  once.put(1);
  once.take().nack();
  once.join();
}

TEST_F(ReliableTest, AnItemThatIsTakenFromAPlainQueueComesBackToo) {
  const auto plain = client.queue<int>("plain");
  plain.put(1);
  { EXPECT_EQ(plain.take().item(), 1); }
  auto again = plain.take();
  EXPECT_EQ(again.deliveries(), 2U);
  again.ack();
  plain.join();
}

TEST_F(ReliableTest, ItemsArePutOnceAndPutLater) {
  const auto plain = client.queue<int>({}, {.max_bytes = 1000});
  EXPECT_TRUE(plain.put_once("key", 1));
  EXPECT_FALSE(plain.put_once("key", 2));
  plain.put_after(3, 20ms);
  EXPECT_EQ(plain.size(), 1);
  EXPECT_EQ(plain.get(), 1);
  EXPECT_EQ(plain.get(), 3);
}

TEST_F(ReliableTest, ADeliveryThatOutlivesItsSessionIsSilent) {
  jobs.put("a");
  const Client other = connect();
  const auto theirs = other.queue<std::string>("jobs", {.reliable = true});
  Delivery<std::string> job = theirs.take();
  other.close();
  EXPECT_EQ(jobs.take().deliveries(), 2U);
  EXPECT_THROW(job.ack(), Disconnected);
}

}  // namespace
}  // namespace syncmanager

// Where an item of a queue may be before somebody gets it: waiting for room, delayed, known by its
// key, or put back.

#include <string>

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::HasSubstr;

class QueuePlacesTest : public StageTest {
 protected:
  static OpenOptions of_bytes(uint64_t max_bytes) {
    OpenOptions options = a_queue();
    options.mutable_queue()->set_max_bytes(max_bytes);
    return options;
  }
  // A text of `bytes` bytes when encoded.
  static std::string text(size_t bytes) { return std::string(bytes - encoded("").size(), 'x'); }

  Actor alice = stage.actor(), bob = stage.actor(), carol = stage.actor();
  ObjectId jobs = stage.create(a_queue());
};

// ---- A bound in bytes.

TEST_F(QueuePlacesTest, APutWaitsWhileTheBytesWouldBeTooMany) {
  jobs = stage.create(of_bytes(20));
  EXPECT_THAT(alice.put(jobs, text(12), 0ms), Done());
  EXPECT_THAT(alice.put(jobs, text(9), 0ms), Refused(wire::TIMED_OUT, "the queue is full"));
  EXPECT_THAT(alice.put(jobs, text(8), 0ms), Done());
  EXPECT_THAT(carol.full(jobs), Answered(true));
  const Pending late = bob.put(jobs, text(9));

  alice.get(jobs);

  EXPECT_THAT(late, Done());
  EXPECT_THAT(carol.full(jobs), Answered(false));
}

TEST_F(QueuePlacesTest, WhatIsDelayedTakesItsBytes) {
  jobs = stage.create(of_bytes(20));
  alice.put_after(jobs, text(12), 5s);
  EXPECT_THAT(alice.put(jobs, text(9), 0ms), TimedOut());
  EXPECT_THAT(alice.put(jobs, text(8), 0ms), Done());
}

TEST_F(QueuePlacesTest, AnItemAloneAlwaysHasRoom) {
  jobs = stage.create(of_bytes(20));
  EXPECT_THAT(alice.put(jobs, text(100), 0ms), Done());
  const Pending late = alice.put(jobs, text(101));
  EXPECT_THAT(late, Parked());
  alice.get(jobs);
  EXPECT_THAT(late, Done());
}

TEST_F(QueuePlacesTest, ASmallItemDoesNotOvertakeALargeOneThatWaits) {
  jobs = stage.create(of_bytes(20));
  alice.put(jobs, text(12));
  const Pending large = alice.put(jobs, text(15)), small = bob.put(jobs, text(5));
  EXPECT_THAT(small, Parked());
  EXPECT_THAT(carol.put(jobs, text(5), 0ms), TimedOut());

  large.cancel();

  EXPECT_THAT(small, Done());
}

TEST_F(QueuePlacesTest, ABadItemIsRefusedAtOnceHoweverFullTheQueueIs) {
  jobs = stage.create(a_queue(1));
  alice.put(jobs, "a");
  EXPECT_THAT(bob.put_encoded(jobs, "no value", {}), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(bob.put_encoded(jobs, nested_list(33), {}), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(bob.put(jobs, Reference{.object = 99, .type = "Queue"}),
              Refused(wire::NO_SUCH_OBJECT));
}

TEST_F(QueuePlacesTest, WhatAParkedItemRefersToMayBeGoneWhenThereIsRoom) {
  jobs = stage.create(a_queue(1));
  const ObjectId list = bob.open(a_namespace()).object();
  alice.put(jobs, "a");
  const Pending late = bob.put(jobs, Reference{.object = list, .type = "Namespace"});
  EXPECT_THAT(late, Parked());
  bob.forget(list);

  alice.get(jobs);

  EXPECT_THAT(late, Refused(wire::NO_SUCH_OBJECT));
}

// ---- Delayed.

TEST_F(QueuePlacesTest, ADelayedItemComesAtItsTimeAndNotBefore) {
  const Pending got = bob.get(jobs);
  alice.put_after(jobs, "a", 100ms);
  EXPECT_EQ(stage.engine().next_deadline(), stage.now() + 100ms);

  stage.advance(99ms);
  EXPECT_THAT(got, Parked());
  stage.advance(1ms);
  EXPECT_THAT(got, Answered("a"));
}

TEST_F(QueuePlacesTest, AnItemThatComesAtTheDeadlineOfAGetIsForIt) {
  const Pending got = bob.get(jobs, 100ms);
  alice.put_after(jobs, "a", 100ms);
  stage.advance(100ms);
  EXPECT_THAT(got, Answered("a"));
}

TEST_F(QueuePlacesTest, DelayedItemsComeInTheOrderOfTheirTimesBehindTheOthers) {
  alice.put_after(jobs, "c", 20ms);
  alice.put_after(jobs, "b", 10ms);
  alice.put_after(jobs, "d", 20ms);
  alice.put(jobs, "a");

  stage.advance(1s);

  for (const char* item : {"a", "b", "c", "d"}) EXPECT_THAT(bob.get(jobs), Answered(item));
}

TEST_F(QueuePlacesTest, ADelayedItemTakesRoomAndIsATaskAndIsNotYetThere) {
  jobs = stage.create(a_queue(1));
  alice.put_after(jobs, "a", 10ms);
  EXPECT_THAT(alice.put(jobs, "b", 0ms), TimedOut());
  EXPECT_THAT(bob.join(jobs, 0ms), TimedOut());
  EXPECT_THAT(bob.size(jobs), Answered(0));
  EXPECT_THAT(bob.get(jobs, 0ms), TimedOut());
  EXPECT_EQ(stage.inspect(jobs).detail(), "maxsize 1, unfinished 1, delayed 1");
}

TEST_F(QueuePlacesTest, TheDelayBeginsWhenThereIsRoom) {
  jobs = stage.create(a_queue(1));
  alice.put(jobs, "a");
  alice.put_after(jobs, "b", 10ms);
  stage.advance(20ms);
  bob.get(jobs);
  EXPECT_THAT(bob.get(jobs, 0ms), TimedOut());
  stage.advance(10ms);
  EXPECT_THAT(bob.get(jobs, 0ms), Answered("b"));
}

TEST_F(QueuePlacesTest, ADelayOfMoreThanAYearIsAMistake) {
  EXPECT_THAT(alice.put_after(jobs, "a", std::chrono::hours(24 * 365)), Done());
  EXPECT_THAT(alice.put_after(jobs, "a", std::chrono::hours(24 * 366)),
              Refused(wire::INVALID_ARGUMENT, HasSubstr("longer than a year")));
}

TEST_F(QueuePlacesTest, AfterAShutdownGetsWaitForWhatIsDelayed) {
  alice.put_after(jobs, "a", 10ms);
  alice.shut_down(jobs);
  const Pending first = bob.get(jobs), second = carol.get(jobs);
  EXPECT_THAT(first, Parked());

  stage.advance(10ms);

  EXPECT_THAT(first, Answered("a"));
  EXPECT_THAT(second, Refused(wire::SHUT_DOWN));
}

TEST_F(QueuePlacesTest, AnImmediateShutdownDropsWhatIsDelayed) {
  alice.put_after(jobs, "a", 10ms);
  const Pending joined = bob.join(jobs), waits = carol.get(jobs);
  alice.shut_down(jobs, true);
  EXPECT_THAT(joined, Done());
  EXPECT_THAT(waits, Refused(wire::SHUT_DOWN));
  EXPECT_EQ(stage.inspect(jobs).summary().bytes(), 0u);
  EXPECT_EQ(stage.engine().next_deadline(), kNever);
}

TEST_F(QueuePlacesTest, AQueueThatIsDeletedIsNotWoken) {
  alice.put_after(jobs, "a", 10ms);
  alice.remove(jobs);
  EXPECT_EQ(stage.engine().next_deadline(), kNever);
  stage.advance(10ms);
}

// ---- Known by a key.

TEST_F(QueuePlacesTest, AKeyIsThereWhileItsItemIs) {
  EXPECT_THAT(alice.put_once(jobs, "k", "a"), Answered(true));
  EXPECT_THAT(bob.put_once(jobs, "k", "b"), Answered(false));
  EXPECT_THAT(bob.put_once(jobs, "other", "b"), Answered(true));
  EXPECT_THAT(bob.put(jobs, "c"), Done());
  EXPECT_THAT(carol.get(jobs), Answered("a"));
  EXPECT_THAT(bob.put_once(jobs, "k", "d"), Answered(true));
  EXPECT_THAT(carol.size(jobs), Answered(3));
}

TEST_F(QueuePlacesTest, AKeyIsThereWhileItsItemIsDelayedOrInHand) {
  jobs = stage.create(reliable(a_queue(), {.max_deliveries = 2}));
  alice.ask(jobs, [](wire::Request& r) {
    r.mutable_queue()->mutable_put()->set_item(encoded("a"));
    r.mutable_queue()->mutable_put()->set_key("k");
    r.mutable_queue()->mutable_put()->set_delay_us(10'000);
  });
  const auto known = [&] {
    const Pending put = bob.put_once(jobs, "k", "b");
    return put.value() == encoded(false);
  };
  EXPECT_TRUE(known());
  stage.advance(10ms);
  EXPECT_TRUE(known());
  const Pending first = carol.get(jobs);
  EXPECT_TRUE(known());
  carol.nack(jobs, first.delivery(), 10ms);
  EXPECT_TRUE(known());
  stage.advance(10ms);
  const Pending second = carol.get(jobs);
  EXPECT_TRUE(known());
  carol.nack(jobs, second.delivery());  // It was dropped.
  EXPECT_FALSE(known());
  const Pending third = carol.get(jobs);
  EXPECT_TRUE(known());
  carol.ack(jobs, third.delivery());
  EXPECT_FALSE(known());
}

TEST_F(QueuePlacesTest, ARepeatedPutIsAnsweredAtOnceHoweverFullTheQueueIs) {
  jobs = stage.create(a_queue(1));
  alice.put_once(jobs, "k", "a");
  EXPECT_THAT(bob.put_once(jobs, "k", "b"), Answered(false));
}

TEST_F(QueuePlacesTest, OfTwoParkedPutsWithOneKeyTheFirstIsPut) {
  jobs = stage.create(a_queue(2));
  for (const char* item : {"a", "b"}) alice.put(jobs, item);
  const Pending first = alice.put_once(jobs, "k", "c"), second = bob.put_once(jobs, "k", "d");
  const Pending third = carol.put(jobs, "e");
  carol.get(jobs);
  EXPECT_THAT(first, Answered(true));
  EXPECT_THAT(second, Parked());
  carol.get(jobs);
  EXPECT_THAT(second, Answered(false));
  EXPECT_THAT(third, Done());
}

TEST_F(QueuePlacesTest, AKeyIsChargedAndBounded) {
  EXPECT_THAT(alice.put_once(jobs, std::string(255, 'k'), "a"), Answered(true));
  EXPECT_GE(stage.inspect(jobs).summary().bytes(), 255u);
  EXPECT_THAT(alice.put_once(jobs, std::string(256, 'k'), "a"),
              Refused(wire::INVALID_ARGUMENT, "a key of 256 bytes; at most 255"));
  EXPECT_THAT(alice.put_once(jobs, "", "a"), Answered(true));
  EXPECT_THAT(alice.put_once(jobs, "", "a"), Answered(false));
}

// ---- Put back.

TEST_F(QueuePlacesTest, WhatIsPutBackIsTheNextAndNoNewTask) {
  for (const char* item : {"a", "b"}) alice.put(jobs, item);
  const Pending got = bob.get(jobs);
  EXPECT_THAT(bob.put_back(jobs, got.value()), Done());

  for (const char* item : {"a", "b"}) EXPECT_THAT(carol.get(jobs), Answered(item));
  carol.task_done(jobs);
  EXPECT_THAT(carol.task_done(jobs), Done());
  EXPECT_THAT(carol.join(jobs), Done());
}

TEST_F(QueuePlacesTest, WhatIsPutBackGoesToWhoeverHasWaitedLongest) {
  alice.put(jobs, "a");
  const Pending got = bob.get(jobs), waits = carol.get(jobs);
  bob.put_back(jobs, got.value());
  EXPECT_THAT(waits, Answered("a"));
}

TEST_F(QueuePlacesTest, AfterAnImmediateShutdownEachThatIsPutBackIsOneTaskFinished) {
  alice.put(jobs, "a");
  alice.put(jobs, "b");
  const Pending first = bob.get(jobs), second = bob.get(jobs), joined = carol.join(jobs);
  carol.shut_down(jobs, true);
  bob.put_back(jobs, first.value());
  EXPECT_THAT(joined, Parked());
  bob.put_back(jobs, second.value());
  EXPECT_THAT(joined, Done());
}

TEST_F(QueuePlacesTest, AfterAnImmediateShutdownNothingIsPutBack) {
  alice.put(jobs, "a");
  const Pending got = bob.get(jobs), joined = carol.join(jobs);
  alice.shut_down(jobs, true);
  bob.put_back(jobs, got.value());
  EXPECT_THAT(joined, Done());
  EXPECT_THAT(carol.get(jobs), Refused(wire::SHUT_DOWN));
}

TEST_F(QueuePlacesTest, AReliableQueueTakesNothingBackButItsOwn) {
  jobs = stage.create(reliable(a_queue()));
  EXPECT_THAT(bob.put_back(jobs, encoded("a")), Refused(wire::REFUSED));
  EXPECT_THAT(bob.size(jobs), Answered(0));
}

}  // namespace
}  // namespace syncmanager::manager

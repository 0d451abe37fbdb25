// An item of a reliable queue is in its caller's hand until it is done, and comes back otherwise.

#include <string>
#include <vector>

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::HasSubstr;

class ReliableQueueTest : public StageTest {
 protected:
  // Puts them in this order.
  void put_all(const std::vector<std::string>& items) {
    for (const std::string& item : items) EXPECT_THAT(boss.put(jobs, item), Done());
  }

  Actor boss = stage.actor(), alice = stage.actor(), bob = stage.actor();
  ObjectId jobs = stage.create(reliable(a_queue()));
};

TEST_F(ReliableQueueTest, AnItemThatIsAckedIsDone) {
  put_all({"a"});
  const Pending joined = boss.join(jobs);
  const Pending got = alice.get(jobs);
  EXPECT_THAT(got, Delivered("a", 1));
  EXPECT_THAT(joined, Parked());

  EXPECT_THAT(alice.ack(jobs, got.delivery()), Done());
  EXPECT_THAT(joined, Done());
  alice.die();
  EXPECT_THAT(bob.get(jobs, 0ms), TimedOut());
  EXPECT_EQ(stage.inspect(jobs).summary().bytes(), 0u);
}

TEST_F(ReliableQueueTest, TheItemsOfADeadSessionComeBackToTheHeadInTheirOrder) {
  put_all({"a", "b", "c"});
  alice.get(jobs);
  alice.thread(2).get(jobs);

  alice.die();

  EXPECT_THAT(bob.get(jobs), Delivered("a", 2));
  EXPECT_THAT(bob.get(jobs), Delivered("b", 2));
  EXPECT_THAT(bob.get(jobs), Delivered("c", 1));
}

TEST_F(ReliableQueueTest, AGoodbyeGivesThemBackToo) {
  put_all({"a"});
  alice.get(jobs);
  const Pending waits = bob.get(jobs);

  alice.leave();

  EXPECT_THAT(waits, Delivered("a", 2));
}

TEST_F(ReliableQueueTest, WhoHasWaitedLongestGetsTheFirstOfThem) {
  put_all({"a", "b"});
  alice.get(jobs);
  alice.get(jobs);
  const Pending first = bob.get(jobs), second = boss.get(jobs), third = bob.get(jobs);

  alice.die();

  EXPECT_THAT(first, Delivered("a", 2));
  EXPECT_THAT(second, Delivered("b", 2));
  EXPECT_THAT(third, Parked());
}

TEST_F(ReliableQueueTest, AnItemThatIsNackedComesBackToTheHead) {
  put_all({"a", "b"});
  const Pending got = alice.get(jobs);

  EXPECT_THAT(alice.nack(jobs, got.delivery()), Done());

  const Pending again = bob.get(jobs);
  EXPECT_THAT(again, Delivered("a", 2));
  EXPECT_GT(again.delivery(), got.delivery());
}

TEST_F(ReliableQueueTest, AnItemThatIsNackedWithADelayComesBackToTheHeadThen) {
  put_all({"a", "b", "c"});
  alice.nack(jobs, alice.get(jobs).delivery(), 100ms);
  EXPECT_THAT(bob.get(jobs), Delivered("b", 1));

  stage.advance(99ms);
  EXPECT_THAT(bob.size(jobs), Answered(1));
  stage.advance(1ms);
  EXPECT_THAT(bob.get(jobs), Delivered("a", 2));
}

TEST_F(ReliableQueueTest, ADeliveryThatNobodySawIsNotCounted) {
  put_all({"a"});
  const Pending got = alice.get(jobs);
  alice.ask(jobs, [&](wire::Request& r) {
    r.mutable_queue()->mutable_nack()->set_delivery(got.delivery());
    r.mutable_queue()->mutable_nack()->set_unseen(true);
  });
  EXPECT_THAT(bob.get(jobs), Delivered("a", 1));
}

TEST_F(ReliableQueueTest, OnlyItsSessionEndsADelivery) {
  put_all({"a"});
  const Pending got = alice.get(jobs);
  const auto not_in_hand = Refused(wire::BAD_VALUE, HasSubstr("isn't in hand"));

  EXPECT_THAT(bob.ack(jobs, got.delivery()), not_in_hand);
  EXPECT_THAT(bob.nack(jobs, got.delivery()), not_in_hand);
  EXPECT_THAT(alice.thread(2).ack(jobs, got.delivery()), Done());
  EXPECT_THAT(alice.ack(jobs, got.delivery()), not_in_hand);
  EXPECT_THAT(alice.nack(jobs, got.delivery()), not_in_hand);
}

TEST_F(ReliableQueueTest, TaskDoneIsForTheOldestItemInTheCallersHand) {
  put_all({"a", "b", "c"});
  alice.get(jobs);
  alice.get(jobs);
  const Actor thread = alice.thread(2);
  thread.get(jobs);

  EXPECT_THAT(thread.task_done(jobs), Done());
  EXPECT_THAT(alice.task_done(jobs), Done());
  EXPECT_THAT(thread.task_done(jobs),
              Refused(wire::BAD_VALUE, "task_done() called too many times"));
  alice.die();
  EXPECT_THAT(bob.get(jobs), Delivered("b", 2));
}

TEST_F(ReliableQueueTest, AnItemIsDroppedAfterItsMostDeliveries) {
  jobs = stage.create(reliable(a_queue(), {.max_deliveries = 2}));
  put_all({"bad"});
  const Pending joined = boss.join(jobs);
  alice.nack(jobs, alice.get(jobs).delivery());
  EXPECT_THAT(alice.get(jobs), Delivered("bad", 2));
  EXPECT_THAT(joined, Parked());

  alice.die();

  EXPECT_THAT(joined, Done());
  EXPECT_THAT(bob.get(jobs, 0ms), TimedOut());
}

TEST_F(ReliableQueueTest, AnItemThatIsDoneInTimeIsNoDeadLetter) {
  const ObjectId dead = stage.create(a_queue());
  boss.adopt(dead);
  jobs = boss.open(reliable(a_queue(), {.max_deliveries = 1, .dead_letters = dead})).object();
  put_all({"good"});
  boss.ack(jobs, boss.get(jobs).delivery());
  EXPECT_THAT(boss.size(dead), Answered(0));
}

TEST_F(ReliableQueueTest, TheJobsOfADeadSessionComeBackOnceItCanNotResume) {
  put_all({"a"});
  alice.get(jobs);
  const Pending waits = bob.get(jobs);
  stage.lose_session(alice.session(), 10s);
  stage.advance(9s);
  EXPECT_THAT(waits, Parked());
  stage.advance(1s);
  EXPECT_THAT(waits, Delivered("a", 2));
}

TEST_F(ReliableQueueTest, WhatComesBackIsBeforeItsEqualsInAPriorityQueue) {
  jobs = stage.create(reliable(a_priority_queue()));
  for (const int item : {2, 1, 2}) boss.put(jobs, item);
  alice.get(jobs);
  alice.get(jobs);
  boss.put(jobs, true);  // Equals 1, and came later.

  alice.die();

  EXPECT_THAT(bob.get(jobs), Delivered(1, 2));
  EXPECT_THAT(bob.get(jobs), Delivered(true, 1));
  EXPECT_THAT(bob.get(jobs), Delivered(2, 2));
  EXPECT_THAT(bob.get(jobs), Delivered(2, 1));
}

TEST_F(ReliableQueueTest, WhatComesBackIsTheNextInALifoQueueToo) {
  jobs = stage.create(reliable(a_lifo_queue()));
  put_all({"a", "b", "c"});
  alice.get(jobs);
  alice.get(jobs);
  put_all({"d"});

  alice.die();

  for (const char* item : {"c", "b"}) EXPECT_THAT(bob.get(jobs), Delivered(item, 2));
  for (const char* item : {"d", "a"}) EXPECT_THAT(bob.get(jobs), Delivered(item, 1));
}

TEST_F(ReliableQueueTest, WhatComesBackNeedsNoRoom) {
  jobs = stage.create(reliable(a_queue(1)));
  put_all({"a"});
  alice.get(jobs);
  put_all({"b"});
  const Pending late = boss.put(jobs, "c");

  alice.die();

  EXPECT_THAT(bob.size(jobs), Answered(2));
  EXPECT_THAT(bob.get(jobs), Delivered("a", 2));
  EXPECT_THAT(late, Parked());
  EXPECT_THAT(bob.get(jobs), Delivered("b", 1));
  EXPECT_THAT(late, Done());
}

TEST_F(ReliableQueueTest, WhatComesBackAfterAShutdownCanStillBeGot) {
  put_all({"a"});
  alice.get(jobs);
  boss.shut_down(jobs);
  EXPECT_THAT(bob.get(jobs), Refused(wire::SHUT_DOWN));

  alice.die();

  EXPECT_THAT(bob.get(jobs), Delivered("a", 2));
}

TEST_F(ReliableQueueTest, WhatComesBackAfterAnImmediateShutdownIsDropped) {
  put_all({"a", "b"});
  alice.get(jobs);
  const Pending joined = boss.join(jobs);
  boss.shut_down(jobs, true);
  EXPECT_THAT(joined, Parked());

  alice.die();

  EXPECT_THAT(joined, Done());
  EXPECT_THAT(bob.get(jobs), Refused(wire::SHUT_DOWN));
}

TEST_F(ReliableQueueTest, AnImmediateShutdownEndsWhatIsDelayedAndNotWhatIsInHand) {
  put_all({"a"});
  const Pending got = alice.get(jobs);
  boss.put_after(jobs, "b", 5s);
  const Pending joined = boss.join(jobs);
  boss.shut_down(jobs, true);
  EXPECT_THAT(joined, Parked());

  EXPECT_THAT(alice.ack(jobs, got.delivery()), Done());

  EXPECT_THAT(joined, Done());
}

TEST_F(ReliableQueueTest, TheOrderInWhichItemsComeBackIsThatOfTheirDeliveryWhoeverHadThem) {
  put_all({"a", "b"});
  EXPECT_THAT(alice.thread(2).get(jobs), Delivered("a", 1));
  EXPECT_THAT(alice.thread(1).get(jobs), Delivered("b", 1));
  alice.die();
  EXPECT_THAT(bob.get(jobs), Delivered("a", 2));
  EXPECT_THAT(bob.get(jobs), Delivered("b", 2));
}

TEST_F(ReliableQueueTest, WhatCameBackTakesItsBytesAgain) {
  OpenOptions options = reliable(a_queue());
  options.mutable_queue()->set_max_bytes(encoded("a").size());
  jobs = stage.create(options);
  boss.put(jobs, "a");
  alice.nack(jobs, alice.get(jobs).delivery());
  const Pending second = boss.put(jobs, "b");
  EXPECT_THAT(second, Parked());
  alice.ack(jobs, alice.get(jobs).delivery());
  EXPECT_THAT(second, Done());
}

TEST_F(ReliableQueueTest, InspectSaysWhoHasWhatInHand) {
  put_all({"a"});
  const Pending got = alice.get(jobs);
  stage.advance(5ms);

  const wire::ObjectState state = stage.inspect(jobs);

  ASSERT_EQ(state.holders_size(), 1);
  EXPECT_EQ(state.holders(0).session(), alice.session());
  EXPECT_EQ(state.holders(0).caller(), 1u);
  EXPECT_EQ(state.holders(0).since_us(), 5000u);
  EXPECT_EQ(state.holders(0).count(), 1u);
  EXPECT_EQ(state.holders(0).what(), "delivery " + std::to_string(got.delivery()));
  EXPECT_EQ(state.detail(), "maxsize 0, unfinished 1, reliable, in hand 1");
}

TEST_F(ReliableQueueTest, AReferenceInAnItemCountsForWhoeverHasIt) {
  const ObjectId list = boss.open(a_namespace()).object();
  boss.put(jobs, Reference{.object = list, .type = "Namespace"});
  boss.forget(list);
  alice.get(jobs);
  EXPECT_THAT(alice.adopt(list), Opened(false));
  alice.die();
  EXPECT_THAT(bob.ack(jobs, bob.get(jobs).delivery()), Done());
  bob.die();
  EXPECT_EQ(stage.engine().registry().find(list), nullptr);
}

TEST_F(ReliableQueueTest, AnItemInHandEndsWithItsQueue) {
  const ObjectId own = alice.open(reliable(a_queue())).object();
  alice.put(own, "a");
  const Pending got = alice.get(own);
  alice.forget(own);
  EXPECT_EQ(stage.engine().registry().find(own), nullptr);
  EXPECT_THAT(alice.ack(own, got.delivery()), Refused(wire::NO_SUCH_OBJECT));
}

TEST_F(ReliableQueueTest, TheOptionsAreChecked) {
  const auto open = [&](const Reliable& how, bool is_reliable) {
    OpenOptions options = reliable(a_queue(), how);
    options.mutable_queue()->set_reliable(is_reliable);
    return boss.open(options);
  };
  const ObjectId lock = boss.open(a_lock()).object();
  EXPECT_THAT(open({.max_deliveries = 1}, false), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(open({.dead_letters = jobs}, true), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(open({.max_deliveries = 1, .dead_letters = 999}, true),
              Refused(wire::NO_SUCH_OBJECT, "this session has no object 999"));
  EXPECT_THAT(open({.max_deliveries = 1, .dead_letters = lock}, true), Refused(wire::WRONG_TYPE));
}

TEST_F(ReliableQueueTest, AnOpenMustAgreeOnAllOptions) {
  const OpenOptions options = named("jobs", reliable(a_queue(), {.max_deliveries = 3}));
  EXPECT_THAT(boss.open(options), Opened(true));
  EXPECT_THAT(alice.open(options), Opened(false));
  EXPECT_THAT(alice.open(named("jobs", a_queue())),
              Refused(wire::WRONG_TYPE, HasSubstr("reliable, in hand 0, max_deliveries 3")));
  EXPECT_THAT(alice.open(named("jobs", reliable(a_queue()))), Refused(wire::WRONG_TYPE));
}

TEST_F(ReliableQueueTest, AnyQueueGivesIntoTheHandIfAsked) {
  const auto take = [](wire::Request& r) { r.mutable_queue()->mutable_get()->set_in_hand(true); };
  const ObjectId plain = stage.create(a_queue());
  for (const char* item : {"a", "b", "c"}) boss.put(plain, item);
  EXPECT_THAT(alice.ask(plain, take), Delivered("a", 1));
  EXPECT_THAT(alice.get(plain), Answered("b"));  // A plain get keeps nothing in hand.
  EXPECT_EQ(stage.inspect(plain).detail(), "maxsize 0, unfinished 3, in hand 1");
  alice.die();
  EXPECT_THAT(bob.ask(plain, take), Delivered("a", 2));
  EXPECT_THAT(bob.ack(plain, 2), Done());
  EXPECT_THAT(bob.ask(plain, take), Delivered("c", 1));
  EXPECT_THAT(bob.nack(plain, 3), Done());
  EXPECT_THAT(bob.get(plain), Answered("c"));
}

class DeadLetterTest : public ReliableQueueTest {
 protected:
  DeadLetterTest() {
    dead = boss.open(a_queue()).object();
    jobs = boss.open(reliable(a_queue(), {.max_deliveries = 1, .dead_letters = dead})).object();
    EXPECT_THAT(alice.adopt(jobs), Opened(false));
    EXPECT_THAT(bob.adopt(jobs), Opened(false));
  }

  ObjectId dead = 0;
};

TEST_F(DeadLetterTest, DeadLettersAreLookedAtAndPutBack) {
  put_all({"a", "b"});
  const Pending joined = boss.join(jobs);
  alice.get(jobs);
  alice.get(jobs);
  alice.die();

  EXPECT_THAT(joined, Done());
  EXPECT_THAT(boss.size(jobs), Answered(0));
  EXPECT_THAT(boss.size(dead), Answered(2));
  const Pending letter = boss.get(dead);
  EXPECT_THAT(letter, Answered("a"));
  boss.put_encoded(jobs, letter.value(), {});
  EXPECT_THAT(bob.get(jobs), Delivered("a", 1));
}

TEST_F(DeadLetterTest, EachIsOneTaskThatIsFinished) {
  put_all({"a", "b"});
  const Pending joined = boss.join(jobs), first = alice.get(jobs), second = alice.get(jobs);
  alice.nack(jobs, first.delivery());
  EXPECT_THAT(joined, Parked());
  alice.ack(jobs, second.delivery());
  EXPECT_THAT(joined, Done());
}

TEST_F(DeadLetterTest, WhoWaitsForThemGetsThem) {
  const Pending waits = boss.get(dead);
  put_all({"a"});
  alice.nack(jobs, alice.get(jobs).delivery());
  EXPECT_THAT(waits, Answered("a"));
  EXPECT_THAT(boss.task_done(dead), Done());
}

TEST_F(DeadLetterTest, TheirQueueLivesAsLongAsTheOneItServes) {
  boss.forget(dead);
  EXPECT_NE(stage.engine().registry().find(dead), nullptr);
  put_all({"a"});
  alice.nack(jobs, alice.get(jobs).delivery());
  EXPECT_THAT(boss.adopt(dead), Opened(false));
  EXPECT_THAT(boss.get(dead), Answered("a"));
  boss.forget(dead);
  for (const Actor& actor : {boss, alice, bob}) actor.forget(jobs);
  EXPECT_EQ(stage.engine().registry().find(dead), nullptr);
}

TEST_F(DeadLetterTest, WithoutTheirQueueTheyAreDropped) {
  boss.remove(dead);
  put_all({"a"});
  const Pending joined = boss.join(jobs);
  alice.nack(jobs, alice.get(jobs).delivery());
  EXPECT_THAT(joined, Done());
  EXPECT_EQ(stage.inspect(jobs).summary().bytes(), 0u);
}

TEST_F(DeadLetterTest, OneThatCanNotGoThereComesOnceMore) {
  boss.shut_down(dead);
  put_all({"a"});
  alice.nack(jobs, alice.get(jobs).delivery());
  EXPECT_THAT(bob.get(jobs), Delivered("a", 2));
}

TEST(DeadLetters, FillTheirQueueUpToItsLimitOfBytes) {
  Stage stage({.object_bytes = encoded("a").size() + Stored::kOverhead});
  const Actor boss = stage.actor();
  const ObjectId dead = stage.create(a_queue());
  boss.adopt(dead);
  const ObjectId jobs =
      boss.open(reliable(a_queue(), {.max_deliveries = 1, .dead_letters = dead})).object();
  boss.put(jobs, "a");
  boss.nack(jobs, boss.get(jobs).delivery());
  EXPECT_THAT(boss.size(dead), Answered(1));

  // There is no room for another, which comes back instead.
  boss.put(jobs, "b");
  boss.nack(jobs, boss.get(jobs).delivery());
  EXPECT_THAT(boss.get(jobs), Delivered("b", 2));
}

TEST_F(DeadLetterTest, ReferencesInThemStay) {
  const ObjectId list = boss.open(a_namespace()).object();
  boss.put(jobs, std::vector<Reference>{{list, "Namespace"}, {jobs, "Queue"}, {dead, "Queue"}});
  boss.forget(list);
  alice.nack(jobs, alice.get(jobs).delivery());
  alice.die();
  bob.die();
  boss.forget(jobs);
  EXPECT_NE(stage.engine().registry().find(jobs), nullptr);
  EXPECT_NE(stage.engine().registry().find(list), nullptr);
  EXPECT_THAT(boss.get(dead), Served());
}

}  // namespace
}  // namespace syncmanager::manager

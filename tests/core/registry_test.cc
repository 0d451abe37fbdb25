// Objects by name and id, and who refers to them.

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RegistryTest : public StageTest {
 protected:
  bool exists(ObjectId object) { return stage.engine().registry().find(object) != nullptr; }
  static std::vector<std::string> names(const Pending& list) {
    std::vector<std::string> names;
    for (const wire::ObjectSummary& object : list.reply().objects().objects()) {
      names.push_back(object.name());
    }
    return names;
  }

  Actor alice = stage.actor({.name = "alice"});
  Actor bob = stage.actor({.name = "bob"});
};

// ---- By name.

TEST_F(RegistryTest, OpenMakesANameOnceAndThenFindsIt) {
  const Pending made = alice.open(named("jobs", a_queue()));
  const Pending found = bob.open(named("jobs", a_queue()));
  EXPECT_THAT(made, Opened(true));
  EXPECT_THAT(found, Opened(false));
  EXPECT_EQ(found.object(), made.object());
  EXPECT_EQ(found.reply().opened().type(), "Queue");
}

TEST_F(RegistryTest, OpenOfAnotherTypeOrCapacityIsRefused) {
  alice.open(named("jobs", a_queue(10)));
  EXPECT_THAT(bob.open(named("jobs", a_lock())),
              Refused(wire::WRONG_TYPE, "\"jobs\" is a Queue, not a Lock"));
  EXPECT_THAT(bob.open(named("jobs", a_lifo_queue(10))), Refused(wire::WRONG_TYPE));
  EXPECT_THAT(
      bob.open(named("jobs", a_queue(11))),
      Refused(wire::WRONG_TYPE, HasSubstr("\"jobs\" exists with other options: maxsize 10")));
  alice.open(named("places", a_semaphore(3)));
  EXPECT_THAT(bob.open(named("places", a_semaphore(4))), Refused(wire::WRONG_TYPE));
  EXPECT_THAT(bob.open(named("places", a_bounded_semaphore(3))), Refused(wire::WRONG_TYPE));
  alice.open(named("start", a_barrier(3)));
  EXPECT_THAT(bob.open(named("start", a_barrier(4))), Refused(wire::WRONG_TYPE));
}

TEST_F(RegistryTest, OpenOfWhatMustExistMakesNothing) {
  EXPECT_THAT(alice.find("jobs"),
              Refused(wire::NO_SUCH_OBJECT, "there is no object named \"jobs\""));
  bob.open(named("jobs", a_queue()));
  EXPECT_THAT(alice.find("jobs"), Opened(false));
}

TEST_F(RegistryTest, OpenOfNoTypeIsRefused) {
  EXPECT_THAT(alice.open({}), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(alice.open(named("jobs", {})), Refused(wire::INVALID_ARGUMENT));
}

TEST_F(RegistryTest, ANamedObjectOutlivesEverySession) {
  const ObjectId jobs = alice.open(named("jobs", a_queue())).object();
  alice.put(jobs, "a");
  alice.die();
  EXPECT_EQ(bob.open(named("jobs", a_queue())).object(), jobs);
  EXPECT_THAT(bob.get(jobs), Answered("a"));
}

TEST_F(RegistryTest, ADeletedNameIsFreeAndItsIdIsNeverUsedAgain) {
  const ObjectId jobs = alice.open(named("jobs", a_queue())).object();
  EXPECT_THAT(bob.remove("jobs"), Done());
  EXPECT_THAT(alice.size(jobs), Refused(wire::NO_SUCH_OBJECT));
  const Pending again = alice.open(named("jobs", a_lock()));
  EXPECT_THAT(again, Opened(true));
  EXPECT_GT(again.object(), jobs);
}

TEST_F(RegistryTest, DeletionByIdAndOfWhatIsNotThere) {
  const ObjectId jobs = alice.open(named("jobs", a_queue())).object();
  EXPECT_THAT(bob.remove(jobs), Done());
  EXPECT_THAT(bob.remove(jobs), Refused(wire::NO_SUCH_OBJECT));
  EXPECT_THAT(bob.remove("jobs"),
              Refused(wire::NO_SUCH_OBJECT, "there is no object named \"jobs\""));
}

TEST_F(RegistryTest, DeletionOfALockThatIsHeldAndWaitedForLeavesNothingBehind) {
  const ObjectId lock = alice.open(named("lock", a_lock())).object();
  bob.open(named("lock", a_lock()));
  alice.acquire(lock);
  const Pending waiting = bob.acquire(lock);
  EXPECT_THAT(bob.thread(2).remove("lock"), Done());
  EXPECT_THAT(waiting, Refused(wire::NO_SUCH_OBJECT, "the object was deleted"));
  EXPECT_THAT(alice.release(bob.open(named("lock", a_lock())).object()),
              Refused(wire::NO_SUCH_OBJECT));  // It is another lock.
}

// ---- References.

TEST_F(RegistryTest, AnAnonymousObjectLivesWhileASessionRefersToIt) {
  const ObjectId queue = alice.open(a_queue()).object();
  EXPECT_THAT(bob.adopt(queue), Opened(false));
  alice.forget(queue);
  EXPECT_TRUE(exists(queue));
  EXPECT_THAT(bob.put(queue, "a"), Done());
  bob.forget(queue);
  EXPECT_FALSE(exists(queue));
}

TEST_F(RegistryTest, AnAnonymousObjectGoesWithASessionThatIsKilled) {
  const ObjectId queue = alice.open(a_queue()).object();
  alice.adopt(queue);
  alice.adopt(queue);
  alice.die();
  EXPECT_FALSE(exists(queue));
}

TEST_F(RegistryTest, ReferencesAreCountedPerSession) {
  const ObjectId queue = alice.open(a_queue()).object();
  alice.adopt(queue);
  EXPECT_THAT(alice.forget(queue, 3), Refused(wire::NO_SUCH_OBJECT));
  EXPECT_THAT(bob.forget(queue), Refused(wire::NO_SUCH_OBJECT));
  EXPECT_THAT(alice.forget(queue, 1), Done());
  EXPECT_THAT(alice.size(queue), Answered(0));
  EXPECT_THAT(alice.forget(queue, 1), Done());
  EXPECT_FALSE(exists(queue));
}

TEST_F(RegistryTest, AReferenceThatWasSentKeepsItsObjectUntilItHasArrived) {
  const ObjectId queue = alice.open(a_queue()).object();
  EXPECT_THAT(alice.send_reference(queue), Done());
  alice.forget(queue);
  EXPECT_TRUE(exists(queue));
  EXPECT_THAT(bob.take_reference(queue), Opened(false));
  bob.forget(queue);
  EXPECT_FALSE(exists(queue));
}

TEST_F(RegistryTest, AReferenceThatWasSentOutlivesItsSenderAndArrivesOnceForEachTime) {
  const ObjectId queue = alice.open(a_queue()).object();
  alice.send_reference(queue);
  alice.send_reference(queue);
  alice.die();
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(bob.take_reference(queue), Opened(false));
    bob.forget(queue);
  }
  EXPECT_FALSE(exists(queue));
}

TEST_F(RegistryTest, AReferenceThatNeverArrivesIsForgotten) {
  const ObjectId queue = alice.open(a_queue()).object();
  alice.send_reference(queue);
  stage.advance(4min);
  alice.send_reference(queue);
  alice.forget(queue);
  stage.advance(4min);
  EXPECT_TRUE(exists(queue)) << "The last one was sent less than five minutes ago.";
  stage.advance(1min);
  EXPECT_FALSE(exists(queue));
}

TEST_F(RegistryTest, ReferencesThatWereSentEndWithADeletedObject) {
  const ObjectId jobs = alice.open(named("jobs", a_queue())).object();
  alice.send_reference(jobs);
  EXPECT_THAT(bob.remove("jobs"), Done());
  EXPECT_THAT(bob.take_reference(jobs), Refused(wire::NO_SUCH_OBJECT));
  stage.advance(5min);
  EXPECT_THAT(alice.send_reference(jobs), Refused(wire::NO_SUCH_OBJECT));
}

TEST_F(RegistryTest, WhatWasNeverSentArrivesLikeAnythingElse) {
  const ObjectId queue = alice.open(a_queue()).object();
  EXPECT_THAT(bob.take_reference(queue), Opened(false));
  alice.forget(queue);
  EXPECT_TRUE(exists(queue));
}

TEST_F(RegistryTest, AnIdIsOfNoUseToASessionWithoutAReference) {
  const ObjectId queue = alice.open(a_queue()).object();
  EXPECT_THAT(bob.ask(queue, [](wire::Request& r) { r.mutable_queue()->mutable_size(); }),
              Refused(wire::NO_SUCH_OBJECT));
  EXPECT_THAT(bob.adopt(1'000'000), Refused(wire::NO_SUCH_OBJECT, "there is no object 1000000"));
}

TEST_F(RegistryTest, AStoredValueKeepsWhatItRefersToAlive) {
  const ObjectId box = stage.create(a_queue());
  const ObjectId inner = alice.open(a_queue()).object();
  EXPECT_THAT(alice.put(box, Reference{inner, "Queue"}), Done());
  alice.die();
  EXPECT_TRUE(exists(inner));
  bob.get(box);  // With the value a reference of its own.
  EXPECT_THAT(bob.put(inner, "a"), Done());
  bob.forget(inner);
  EXPECT_FALSE(exists(inner));
}

TEST_F(RegistryTest, AReferenceInAValueMustBeOneThatItsSessionHas) {
  const ObjectId box = stage.create(a_queue());
  const ObjectId inner = alice.open(a_queue()).object();
  EXPECT_THAT(bob.put(box, Reference{inner, "Queue"}),
              Refused(wire::NO_SUCH_OBJECT, HasSubstr("which this session doesn't have")));
  EXPECT_THAT(bob.size(box), Answered(0));
}

TEST_F(RegistryTest, AValueHandedToAWaiterBringsItsReference) {
  const ObjectId box = stage.create(a_queue());
  const Pending waiting = bob.get(box);
  const ObjectId inner = alice.open(a_queue()).object();
  alice.put(box, Reference{inner, "Queue"});
  alice.die();
  EXPECT_THAT(waiting, Served());
  EXPECT_THAT(bob.size(inner), Answered(0));
}

TEST_F(RegistryTest, ObjectsWithinObjectsEndTogetherHoweverLongTheChain) {
  ObjectId first = 0, inner = alice.open(a_queue()).object();
  const ObjectId last = inner;
  for (int i = 0; i < 3000; ++i) {
    const ObjectId outer = alice.open(a_queue()).object();
    alice.put(outer, Reference{inner, "Queue"});
    alice.forget(inner);
    first = inner = outer;
  }
  EXPECT_TRUE(exists(last));
  alice.forget(first);
  EXPECT_FALSE(exists(last));
  EXPECT_EQ(stage.engine().statistics().objects(), 0u);
}

TEST_F(RegistryTest, AParkedCallKeepsItsObjectAlive) {
  const ObjectId queue = alice.open(a_queue()).object();
  const Pending waiting = alice.get(queue, 1s);
  alice.forget(queue);
  EXPECT_TRUE(exists(queue));
  stage.advance(1s);
  EXPECT_THAT(waiting, TimedOut());
  EXPECT_FALSE(exists(queue));
}

TEST_F(RegistryTest, WhoWaitsAtALatchIsToldThatNobodyElseRefersToIt) {
  const ObjectId latch = alice.open(a_latch(1)).object();
  bob.adopt(latch);
  const Pending waiting = bob.wait(latch);
  bob.forget(latch);
  EXPECT_TRUE(exists(latch));
  EXPECT_THAT(waiting, Parked());
  alice.forget(latch);
  EXPECT_THAT(waiting, Refused(wire::NO_SUCH_OBJECT));
  EXPECT_FALSE(exists(latch));
}

// ---- Questions.

TEST_F(RegistryTest, ListsNamesBelowAPrefixInTheOrderOfTheirMaking) {
  for (const char* name : {"jobs/b", "jobs/a", "other"}) alice.open(named(name, a_queue()));
  alice.open(a_queue());
  EXPECT_THAT(names(bob.list()), ElementsAre("jobs/b", "jobs/a", "other"));
  EXPECT_THAT(names(bob.list("jobs/")), ElementsAre("jobs/b", "jobs/a"));
  EXPECT_THAT(names(bob.list("jobs/", 1)), ElementsAre("jobs/a"));
  EXPECT_THAT(names(bob.list("", 0, true)), ElementsAre("jobs/b", "jobs/a", "other", ""));
  EXPECT_THAT(names(bob.list("nothing")), IsEmpty());
}

TEST_F(RegistryTest, ListsInPages) {
  for (int i = 0; i < 1001; ++i) alice.open(named("n" + std::to_string(i), an_event()));
  const Pending page = bob.list();
  EXPECT_EQ(page.reply().objects().objects_size(), 1000);
  EXPECT_EQ(page.reply().objects().after(), 1000u);
  const Pending rest = bob.list("", 1000);
  EXPECT_THAT(names(rest), ElementsAre("n1000"));
  EXPECT_EQ(rest.reply().objects().after(), 0u);
}

TEST_F(RegistryTest, InspectsAnObjectWithoutTakingAReference) {
  const ObjectId jobs = alice.open(named("jobs", a_queue(100))).object();
  alice.put(jobs, "a");
  const wire::ObjectState state = bob.inspect("jobs").reply().state();
  EXPECT_EQ(state.summary().name(), "jobs");
  EXPECT_EQ(state.summary().type(), "Queue");
  EXPECT_EQ(state.summary().size(), 1u);
  EXPECT_EQ(state.summary().bytes(), encoded("a").size() + Stored::kOverhead);
  EXPECT_EQ(state.references(), 1u);
  EXPECT_THAT(bob.size(jobs), Refused(wire::NO_SUCH_OBJECT));
}

}  // namespace
}  // namespace syncmanager::manager

// Objects without a name that sessions hold: a lock, permits, an item in hand. To hold one doesn't
// keep it. It ends with its last reference, and what was held of it ends with it.

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

struct Holding {
  std::string name;
  // Makes an object, takes what is to be held of it, and returns its number.
  ObjectId (*hold)(const Actor& actor);
};

ObjectId acquired(const Actor& actor, const OpenOptions& options) {
  const ObjectId object = actor.open(options).object();
  actor.acquire(object);
  return object;
}

ObjectId with_a_task_in_hand(const Actor& actor) {
  const ObjectId pool = actor.open(a_pool()).object();
  actor.ask(pool, [](wire::Request& request) {
    wire::Task& task = *request.mutable_pool()->mutable_submit()->add_tasks();
    task.set_function("square");
    task.set_arguments(encoded(int64_t{7}));
  });
  const Pending taken = actor.ask(pool, [](wire::Request& request) {
    request.mutable_pool()->mutable_take()->set_most(1);
    request.mutable_pool()->mutable_take()->add_offers("*");
  });
  EXPECT_THAT(taken, Served());
  return pool;
}

const Holding kHoldings[] = {
    {"Lock", [](const Actor& actor) { return acquired(actor, a_lock()); }},
    {"RLock", [](const Actor& actor) { return acquired(actor, an_rlock()); }},
    {"Semaphore", [](const Actor& actor) { return acquired(actor, a_semaphore(1)); }},
    {"BoundedSemaphore",
     [](const Actor& actor) { return acquired(actor, a_bounded_semaphore(1)); }},
    {"Condition", [](const Actor& actor) { return acquired(actor, a_condition()); }},
    {"ConditionOfALock",
     [](const Actor& actor) {
       const ObjectId lock = actor.open(a_lock()).object();
       const ObjectId condition = acquired(actor, a_condition(lock));
       actor.forget(lock);
       return condition;
     }},
    {"Reader",
     [](const Actor& actor) {
       const ObjectId lock = actor.open(an_rwlock()).object();
       actor.acquire_read(lock);
       return lock;
     }},
    {"Writer",
     [](const Actor& actor) {
       const ObjectId lock = actor.open(an_rwlock()).object();
       actor.acquire_write(lock);
       return lock;
     }},
    {"ItemInHand",
     [](const Actor& actor) {
       const ObjectId queue = actor.open(reliable(a_queue())).object();
       const ObjectId inner = acquired(actor, a_lock());
       actor.put(queue, Reference{inner, "Lock"});
       actor.forget(inner);
       actor.get(queue);  // With a reference to what the item refers to.
       actor.forget(inner);
       return queue;
     }},
    {"TaskInHand", with_a_task_in_hand},
};

class HeldObjectTest : public StageTest {
 protected:
  uint64_t objects() { return stage.engine().statistics().objects(); }
  size_t handles(const Actor& actor) {
    return stage.engine().session(actor.session())->handles().size();
  }

  Actor alice = stage.actor({.name = "alice"});
  Actor bob = stage.actor({.name = "bob"});
};

// ---- Each kind of holding.

class HoldingTest : public HeldObjectTest, public ::testing::WithParamInterface<Holding> {};

TEST_P(HoldingTest, EndsWithItsLastReference) {
  const ObjectId object = GetParam().hold(alice);
  EXPECT_GT(objects(), 0u);
  alice.forget(object);
  EXPECT_EQ(objects(), 0u);
  EXPECT_EQ(handles(alice), 0u);
}

TEST_P(HoldingTest, EndsWithTheLastReferenceOfAnotherSession) {
  const ObjectId object = GetParam().hold(alice);
  bob.adopt(object);
  alice.forget(object);
  EXPECT_GT(objects(), 0u);
  bob.die();
  EXPECT_EQ(objects(), 0u);
  EXPECT_EQ(handles(alice), 0u);
}

TEST_P(HoldingTest, LivesOnWithAReferenceAfterItsHolder) {
  const ObjectId object = GetParam().hold(alice);
  bob.adopt(object);
  alice.forget(object);
  alice.leave();
  EXPECT_EQ(stage.engine().registry().find(object)->references(), 1u);
  bob.forget(object);
  EXPECT_EQ(objects(), 0u);
}

TEST_P(HoldingTest, MayBeHadAgainByItsHolder) {
  const ObjectId object = GetParam().hold(alice);
  bob.adopt(object);
  alice.forget(object);
  alice.adopt(object);
  bob.forget(object);
  EXPECT_GT(objects(), 0u);
  alice.forget(object);
  EXPECT_EQ(objects(), 0u);
}

TEST_P(HoldingTest, IsInNobodysHandsOnceItIsDeleted) {
  const ObjectId object = GetParam().hold(alice);
  bob.adopt(object);
  alice.forget(object);
  EXPECT_THAT(bob.remove(object), Done());
  EXPECT_EQ(objects(), 0u);
  EXPECT_EQ(handles(alice), 0u);
}

INSTANTIATE_TEST_SUITE_P(Holdings, HoldingTest, ::testing::ValuesIn(kHoldings),
                         [](const auto& instance) { return instance.param.name; });

// ---- What the holder let go of and others refer to.

class DroppedLockTest : public HeldObjectTest {
 protected:
  // Alice's, who holds it and refers to it no longer; bob does.
  ObjectId dropped(const OpenOptions& options) {
    const ObjectId lock = acquired(alice, options);
    bob.adopt(lock);
    alice.forget(lock);
    return lock;
  }
};

TEST_F(DroppedLockTest, PassesToWhoeverWaitsWhenItsHolderDies) {
  const ObjectId lock = dropped(a_lock());
  const Pending waiting = bob.acquire(lock);
  EXPECT_THAT(waiting, Parked());
  alice.die();
  EXPECT_THAT(waiting, GrantedAbandoned());
}

TEST_F(DroppedLockTest, StaysHeldWhenItsHolderLeaves) {
  const ObjectId lock = dropped(an_rlock());
  alice.leave();
  EXPECT_THAT(bob.acquire(lock, 0ms), TimedOut());
  EXPECT_THAT(bob.release(lock), Done());
  EXPECT_THAT(bob.acquire(lock), Granted());
}

TEST_F(DroppedLockTest, IsReleasedByItsHolderAllTheSame) {
  const ObjectId lock = dropped(an_rlock());
  const Pending waiting = bob.acquire(lock);
  EXPECT_THAT(alice.release(lock), Done());
  EXPECT_THAT(waiting, Granted());
  EXPECT_EQ(handles(alice), 0u);
}

TEST_F(DroppedLockTest, GivesBackItsPermitsWhenTheirHolderDies) {
  const ObjectId permits = dropped(a_semaphore(1));
  const Pending waiting = bob.acquire(permits);
  alice.die();
  EXPECT_THAT(waiting, Done());
}

TEST_F(DroppedLockTest, GivesBackTheItemInTheHandOfWhoeverDies) {
  const ObjectId queue = alice.open(reliable(a_queue())).object();
  bob.adopt(queue);
  alice.put(queue, "item");
  alice.get(queue);
  alice.forget(queue);
  const Pending waiting = bob.get(queue);
  alice.die();
  EXPECT_THAT(waiting, Delivered("item", 2));
}

TEST_F(DroppedLockTest, LivesWhileSomebodyWaitsForIt) {
  const ObjectId lock = dropped(a_lock());
  const Pending waiting = bob.acquire(lock);
  bob.forget(lock);
  EXPECT_THAT(alice.release(lock), Done());
  EXPECT_THAT(waiting, Granted());
  EXPECT_EQ(objects(), 0u);  // Bob holds it, and nobody can ask for it any more.
}

TEST_F(DroppedLockTest, KeepsNoPlaceAmongTheObjectsOfItsMaker) {
  for (int i = 0; i < 100; ++i) alice.forget(acquired(alice, a_semaphore(1)));
  EXPECT_EQ(stage.engine().session(alice.session())->anonymous_objects, 0u);
}

}  // namespace
}  // namespace syncmanager::manager

// The state of the Engine as canonical bytes: what a copy of it, or another release, is compared
// with.

#include <set>

#include "tests/support/laid_out.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class SnapshotTest : public StageTest {
 protected:
  const Object& object(ObjectId id) { return *stage.engine().registry().find(id); }

  Actor alice = stage.actor();
};

TEST_F(SnapshotTest, ChangesWithEverythingThatCanBeAskedFor) {
  const ObjectId queue = stage.create(a_queue());
  std::set<std::string> seen = {stage.snapshot()};
  const auto is_new = [&] { return seen.insert(stage.snapshot()).second; };
  alice.put(queue, "a");
  EXPECT_TRUE(is_new());
  alice.get(queue);
  EXPECT_TRUE(is_new());
  alice.get(queue, 1s);
  EXPECT_TRUE(is_new());
  stage.advance(1ms);
  EXPECT_TRUE(is_new());
  alice.die();
  EXPECT_TRUE(is_new());
}

TEST_F(SnapshotTest, IsTheSameForTheSameInputs) {
  const auto play = [] {
    Stage other;
    const ObjectId queue = other.create(a_queue());
    std::vector<Actor> actors;
    for (int i = 0; i < 50; ++i) actors.push_back(other.actor());
    for (const Actor& actor : actors) actor.put(queue, static_cast<int64_t>(actor.session()));
    return other.snapshot();
  };
  EXPECT_EQ(play(), play());
}

// ---- The layout is part of Engine::kSemantics: who changes it needs a new number there.

TEST_F(SnapshotTest, OfASessionHasWhoItIsWhatItHasAndWhatItIsOwed) {
  const Actor worker = stage.actor({.role = Role::kAdmin, .prefix = "/a", .key = "k", .name = "w"});
  const ObjectId queue = worker.open(a_queue()).object();
  const ObjectId lock = worker.open(named("/a/lock", a_lock())).object();
  worker.open(named("/a/lock", a_lock()));
  worker.acquire(lock);
  wire::ClientBatch batch;
  batch.set_acknowledged(3);
  worker.send(batch);
  const Session& session = *stage.engine().session(worker.session());
  std::string owed;
  Sent sent{.outputs = 3};
  session.collect(sent, stage.engine().lsn(), 1 << 20, owed);
  const uint64_t lsn = stage.engine().lsn() - 1;  // Before the acknowledgement.
  stage.advance(2s);
  worker.lose_stream(5s);
  EXPECT_EQ(saved(session), laid_out(worker.session(), "session 2", "k", 3, "/a", "w",
                                     1,  // Object without a name.
                                     2,  // Objects, each with references and holds.
                                     queue, 1, 0, lock, 2, 1,
                                     4,  // Its latest request.
                                     stage.now() + 5s, 3, session.emitted_bytes(), false, 0, "",
                                     "",  // No request in parts.
                                     1, lsn, owed));
}

TEST_F(SnapshotTest, OfALockHasItsGrantAndHowItCameAbout) {
  const ObjectId lock = stage.create(an_rlock());
  EXPECT_EQ(saved(object(lock)), laid_out(0, 0, 0));
  stage.advance(3s);
  const uint64_t number = alice.thread(7).acquire(lock).fencing();
  alice.thread(7).acquire(lock);
  stage.advance(1s);
  alice.leave();
  EXPECT_EQ(saved(object(lock)),
            laid_out(0, 0, 1, alice.session(), 7, 2, number, stage.now() - 1s, 1));
}

TEST_F(SnapshotTest, OfALockHasThatItWasAbandonedAndIsReleasedOnExit) {
  const ObjectId lock = stage.create(a_lock(OnExit::kRelease));
  alice.acquire(lock);
  alice.die();
  EXPECT_EQ(saved(object(lock)), laid_out(1, 1, 0));
}

TEST_F(SnapshotTest, OfAnObjectHasWhoseItIsAndWhoWaits) {
  const Actor worker = stage.actor({.prefix = "/a"});
  const ObjectId queue = worker.open(a_queue()).object();
  stage.advance(3s);
  worker.put(queue, "later");
  worker.get(queue);
  worker.get(queue, 2s);
  const Object& all = object(queue);
  const Waiter& waiter = *all.wait_lists()[0]->first();
  const std::string identity = laid_out(queue, "Queue", "", worker.session(), "/a",
                                        all.references(), 0, kNever, all.bytes(), kNever);
  const std::string getter = laid_out(1, 1, worker.session(), 0, stage.now(), stage.now() + 2s,
                                      waiter.call.request().SerializeAsString());
  const std::string nobody = laid_out(0);
  Snapshot snapshot;
  all.save_all(snapshot);
  EXPECT_EQ(snapshot.bytes(), identity + getter + nobody + nobody + saved(all));
}

TEST_F(SnapshotTest, OfTheEngineHasItsCountersThenItsObjectsThenItsSessions) {
  const ObjectId queue = stage.create(a_queue());
  stage.advance(3s);
  const uint64_t number = alice.acquire(stage.create(a_lock())).fencing();
  alice.get(queue, 2s);
  stage.start_drain(1s);
  std::string objects, sessions;
  for (const auto& [id, each] : stage.engine().registry().objects()) {
    Snapshot snapshot;
    each->save_all(snapshot);
    objects += snapshot.bytes();
  }
  for (SessionNumber session = 1; session <= 2; ++session) {
    sessions += saved(*stage.engine().session(session));
  }
  const wire::Statistics counted = stage.engine().statistics();
  EXPECT_EQ(stage.snapshot(),
            laid_out(Engine::kSemantics, stage.engine().lsn(), stage.now(), number, 1,
                     counted.operations(), 1, 2, counted.bytes(), 2, 2) +
                objects + laid_out(2) + sessions);
}

TEST(Snapshot, WritesNumbersAsVarintsAndTextsWithTheirLength) {
  Snapshot snapshot;
  snapshot.number(127);
  snapshot.number(128);
  snapshot.number(300);
  snapshot.text("ab");
  snapshot.boolean(true);
  EXPECT_EQ(snapshot.bytes(), std::string("\x7f\x80\x01\xac\x02\x02"
                                          "ab\x01"));
}

// The published test vectors of FNV-1a with 64 bits.
TEST(Snapshot, DigestsAsFnv1a) {
  EXPECT_EQ(Snapshot().digest(), 0xcbf29ce484222325u);
  Snapshot a;
  a.number('a');
  EXPECT_EQ(a.digest(), 0xaf63dc4c8601ec8cu);
}

}  // namespace
}  // namespace syncmanager::manager

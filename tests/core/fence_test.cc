// Requests that are performed only while a grant of a lock is current.

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class FenceTest : public StageTest {
 protected:
  Pending put_fenced(const Actor& actor, const std::string& item, uint64_t number) {
    return actor.ask(queue, [&](wire::Request& request) {
      request.mutable_fence()->set_lock(lock);
      request.mutable_fence()->set_number(number);
      request.mutable_queue()->mutable_put()->set_item(encoded(item));
    });
  }

  const ObjectId lock = stage.create(a_lock());
  const ObjectId queue = stage.create(a_queue(1));
  Actor alice = stage.actor();
  Actor bob = stage.actor();
};

TEST_F(FenceTest, LetsTheHolderWrite) {
  const uint64_t grant = alice.acquire(lock).fencing();
  EXPECT_THAT(put_fenced(alice, "a", grant), Done());
}

TEST_F(FenceTest, KeepsOutWhoHeldTheLockBefore) {
  const uint64_t before = alice.acquire(lock).fencing();
  alice.release(lock);
  EXPECT_THAT(put_fenced(alice, "a", before), Refused(wire::LOCK_LOST));
  const uint64_t now = bob.acquire(lock).fencing();
  bob.size(queue);
  EXPECT_THAT(put_fenced(alice, "a", before), Refused(wire::LOCK_LOST));
  EXPECT_THAT(put_fenced(bob, "b", now), Done());
  EXPECT_THAT(bob.get(queue), Answered("b"));
}

TEST_F(FenceTest, WorksForWhomTheHolderTellsItsNumber) {
  const uint64_t grant = alice.acquire(lock).fencing();
  bob.locked(lock);  // So that it has a reference.
  EXPECT_THAT(put_fenced(bob, "b", grant), Done());
}

TEST_F(FenceTest, IsOnlyOfALockThatItsSessionRefersTo) {
  const uint64_t grant = alice.acquire(lock).fencing();
  bob.size(queue);
  EXPECT_THAT(put_fenced(bob, "b", grant), Refused(wire::LOCK_LOST));
}

TEST_F(FenceTest, LetsNobodyWait) {
  const uint64_t grant = alice.acquire(lock).fencing();
  EXPECT_THAT(put_fenced(alice, "a", grant), Done());
  EXPECT_THAT(put_fenced(alice, "b", grant), TimedOut());
}

TEST_F(FenceTest, CanBeTheGrantOfAWriter) {
  const ObjectId pages = stage.create(an_rwlock());
  const auto fenced_size = [&](uint64_t number) {
    return alice.ask(queue, [&](wire::Request& request) {
      request.mutable_fence()->set_lock(pages);
      request.mutable_fence()->set_number(number);
      request.mutable_queue()->mutable_size();
    });
  };
  const uint64_t writing = alice.acquire_write(pages).fencing();
  EXPECT_THAT(fenced_size(writing), Answered(0));
  alice.release(pages);
  const uint64_t reading = alice.acquire_read(pages).fencing();
  EXPECT_THAT(fenced_size(reading), Refused(wire::LOCK_LOST));
}

TEST_F(FenceTest, IsNoObjectsThatIsNoLock) {
  alice.size(queue);
  EXPECT_THAT(alice.ask(queue,
                        [&](wire::Request& request) {
                          request.mutable_fence()->set_lock(queue);
                          request.mutable_queue()->mutable_size();
                        }),
              Refused(wire::LOCK_LOST));
}

// A holder that finds the lock abandoned and can't repair its data leaves it marked for the next.
TEST_F(FenceTest, AnAbandonedLockCanBePassedOnAsSuch) {
  alice.acquire(lock);
  alice.die();
  const Pending found = bob.acquire(lock);
  EXPECT_THAT(found, GrantedAbandoned());
  EXPECT_THAT(bob.ask(lock,
                      [&](wire::Request& request) {
                        request.mutable_lock()->mutable_release()->set_fencing(found.fencing());
                        request.mutable_lock()->mutable_release()->set_abandoned(true);
                      }),
              Done());
  EXPECT_THAT(bob.acquire(lock), GrantedAbandoned());
  bob.release(lock);
  EXPECT_THAT(bob.acquire(lock), Granted());
}

}  // namespace
}  // namespace syncmanager::manager

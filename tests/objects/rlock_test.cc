#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class RLockTest : public StageTest {
 protected:
  ObjectId lock = stage.create(an_rlock());
  Actor alice = stage.actor();
  Actor bob = stage.actor();
};

TEST_F(RLockTest, IsReleasedWhenItsHolderHasReleasedItAsOftenAsItTookIt) {
  const Pending outer = alice.acquire(lock);
  const Pending inner = alice.acquire(lock);
  EXPECT_THAT(outer, Granted());
  EXPECT_EQ(inner.fencing(), outer.fencing());
  const Pending waiting = bob.acquire(lock);

  alice.release(lock);
  EXPECT_THAT(waiting, Parked());
  alice.release(lock);
  EXPECT_THAT(waiting, Granted());
}

TEST_F(RLockTest, BelongsToAThreadAndNotToItsProcess) {
  EXPECT_THAT(alice.thread(1).acquire(lock), Granted());
  EXPECT_THAT(alice.thread(2).acquire(lock, 0ms), TimedOut());
  EXPECT_THAT(alice.thread(2).release(lock),
              Refused(wire::REFUSED, "cannot release un-acquired lock"));
}

TEST_F(RLockTest, IsReleasedByItsHolderOnly) {
  alice.acquire(lock);
  EXPECT_THAT(bob.release(lock), Refused(wire::REFUSED, "cannot release un-acquired lock"));
  EXPECT_THAT(bob.locked(lock), Answered(true));
}

TEST_F(RLockTest, RefusesOneReleaseTooMany) {
  alice.acquire(lock);
  EXPECT_THAT(alice.release(lock), Done());
  EXPECT_THAT(alice.release(lock), Refused(wire::REFUSED, "cannot release un-acquired lock"));
}

TEST_F(RLockTest, ComesBackFromADeadHolderAtAllItsLevels) {
  alice.acquire(lock);
  alice.acquire(lock);
  const Pending waiting = bob.acquire(lock);
  alice.die();
  EXPECT_THAT(waiting, GrantedAbandoned());
  EXPECT_THAT(bob.release(lock), Done());
  EXPECT_THAT(bob.locked(lock), Answered(false));
}

TEST_F(RLockTest, ShowsHowDeepItIsHeld) {
  alice.acquire(lock);
  alice.acquire(lock);
  alice.acquire(lock);
  EXPECT_EQ(stage.inspect(lock).holders(0).count(), 3u);
}

TEST_F(RLockTest, GrantedAgainGetsAHigherNumber) {
  const uint64_t first = alice.acquire(lock).fencing();
  alice.release(lock);
  EXPECT_GT(alice.acquire(lock).fencing(), first);
}

}  // namespace
}  // namespace syncmanager::manager

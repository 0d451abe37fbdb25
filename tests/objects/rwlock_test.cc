#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class RWLockTest : public StageTest {
 protected:
  ObjectId lock = stage.create(an_rwlock());
  Actor alice = stage.actor({.name = "alice"});
  Actor bob = stage.actor({.name = "bob"});
  Actor carol = stage.actor({.name = "carol"});
};

TEST_F(RWLockTest, HasManyReadersOrOneWriter) {
  EXPECT_THAT(alice.acquire_read(lock), Granted());
  EXPECT_THAT(bob.acquire_read(lock), Granted());
  EXPECT_THAT(alice.locked(lock), Answered(2));
  const Pending writer = carol.acquire_write(lock);
  alice.release(lock);
  EXPECT_THAT(writer, Parked());
  bob.release(lock);
  EXPECT_THAT(writer, Granted());
  EXPECT_THAT(alice.locked(lock), Answered(-1));
  EXPECT_THAT(alice.acquire_read(lock, 0ms), TimedOut());
}

TEST_F(RWLockTest, LetsNoReaderOvertakeAWaitingWriter) {
  alice.acquire_read(lock);
  const Pending writer = bob.acquire_write(lock);
  const Pending reader = carol.acquire_read(lock);
  EXPECT_THAT(reader, Parked());
  alice.release(lock);
  EXPECT_THAT(writer, Granted());
  bob.release(lock);
  EXPECT_THAT(reader, Granted());
}

TEST_F(RWLockTest, ServesAllReadersUpToTheNextWriter) {
  alice.acquire_write(lock);
  const Pending one = bob.thread(1).acquire_read(lock);
  const Pending two = bob.thread(2).acquire_read(lock);
  const Pending writer = carol.acquire_write(lock);
  const Pending late = bob.thread(3).acquire_read(lock);
  alice.release(lock);
  EXPECT_THAT(one, Granted());
  EXPECT_THAT(two, Granted());
  EXPECT_THAT(writer, Parked());
  EXPECT_THAT(late, Parked());
}

TEST_F(RWLockTest, ServesTheReadersBehindAWriterThatGivesUp) {
  alice.acquire_read(lock);
  const Pending writer = bob.acquire_write(lock, 1s);
  const Pending reader = carol.acquire_read(lock);
  stage.advance(1s);
  EXPECT_THAT(writer, TimedOut());
  EXPECT_THAT(reader, Granted());
}

TEST_F(RWLockTest, LetsAReaderReadOnceMorePastAWaitingWriterAsItWouldWaitForItself) {
  alice.acquire_read(lock);
  bob.acquire_write(lock);
  EXPECT_THAT(alice.acquire_read(lock, 0ms), Granted());
  EXPECT_THAT(alice.release(lock), Done());
  EXPECT_THAT(bob.locked(lock), Answered(1));
  EXPECT_THAT(alice.release(lock), Done());
  EXPECT_THAT(bob.locked(lock), Answered(-1));
}

TEST_F(RWLockTest, RefusesWhoWouldWaitForItself) {
  const char* reason = "this caller holds the lock and would wait for itself";
  alice.acquire_read(lock);
  EXPECT_THAT(alice.acquire_write(lock), Refused(wire::REFUSED, reason));
  alice.release(lock);
  alice.acquire_write(lock);
  EXPECT_THAT(alice.acquire_read(lock), Refused(wire::REFUSED, reason));
}

TEST_F(RWLockTest, IsReleasedByItsHoldersOnly) {
  alice.acquire_read(lock);
  EXPECT_THAT(bob.release(lock), Refused(wire::REFUSED, "cannot release un-acquired lock"));
  EXPECT_THAT(bob.locked(lock), Answered(1));
}

TEST_F(RWLockTest, OfADeadWriterTellsEverybodyUntilTheNextWriterPutItRight) {
  alice.acquire_write(lock);
  const Pending reader = bob.acquire_read(lock);
  alice.die();
  EXPECT_THAT(reader, GrantedAbandoned());
  bob.release(lock);
  EXPECT_THAT(carol.acquire_write(lock), GrantedAbandoned());
  carol.release(lock);
  EXPECT_THAT(bob.acquire_read(lock), Granted());
}

TEST_F(RWLockTest, OfADeadReaderIsFreeAndNotMarked) {
  alice.thread(1).acquire_read(lock);
  alice.thread(2).acquire_read(lock);
  const Pending writer = bob.acquire_write(lock);
  alice.die();
  EXPECT_THAT(writer, Granted());
}

TEST_F(RWLockTest, MadeToBeReleasedOnExitIsGivenBackAtGoodbye) {
  const ObjectId polite = stage.create(an_rwlock(OnExit::kRelease));
  alice.acquire_read(polite);
  const Pending writer = bob.acquire_write(polite);
  alice.leave();
  EXPECT_THAT(writer, Granted());
}

TEST_F(RWLockTest, ShowsWhoReads) {
  alice.acquire_read(lock);
  bob.acquire_read(lock);
  const wire::ObjectState state = stage.inspect(lock);
  ASSERT_EQ(state.holders_size(), 2);
  EXPECT_EQ(state.holders(0).client(), "alice");
  EXPECT_EQ(state.holders(1).client(), "bob");
  EXPECT_EQ(state.holders(0).what(), "read");
}

}  // namespace
}  // namespace syncmanager::manager

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class EventTest : public StageTest {
 protected:
  ObjectId event = stage.create(an_event());
  Actor alice = stage.actor();
  Actor bob = stage.actor();
};

TEST_F(EventTest, LetsEverybodyGoWhoWaitsWhenItIsSet) {
  const Pending one = alice.wait(event);
  const Pending two = bob.wait(event);
  EXPECT_THAT(alice.thread(2).set(event), Done());
  EXPECT_THAT(one, Done());
  EXPECT_THAT(two, Done());
  EXPECT_THAT(bob.wait(event, 0ms), Done());
}

TEST_F(EventTest, LetsGoWhoeverWaitedEvenIfItIsClearedInTheSameBatch) {
  const Pending waiting = alice.wait(event);
  bob.is_set(event);
  wire::ClientBatch batch;
  for (uint64_t id : {100u, 101u}) {
    wire::Request& request = *batch.add_requests();
    request.set_id(id);
    request.set_object(event);
    if (id == 100) request.mutable_event()->mutable_set();
    if (id == 101) request.mutable_event()->mutable_clear();
  }
  bob.send(batch);
  EXPECT_THAT(waiting, Done());
  EXPECT_THAT(alice.is_set(event), Answered(false));
}

TEST_F(EventTest, IsNotSetAtFirstAndTellsWhetherItIs) {
  EXPECT_THAT(alice.is_set(event), Answered(false));
  alice.set(event);
  EXPECT_THAT(alice.is_set(event), Answered(true));
  alice.clear(event);
  EXPECT_THAT(alice.is_set(event), Answered(false));
}

TEST_F(EventTest, OnceClearedIsWaitedForAgain) {
  alice.set(event);
  alice.clear(event);
  EXPECT_THAT(bob.wait(event), Parked());
}

TEST_F(EventTest, StaysSetWhenWhoSetItIsDead) {
  alice.set(event);
  alice.die();
  EXPECT_THAT(bob.wait(event), Done());
}

}  // namespace
}  // namespace syncmanager::manager

// All that a queue is, as it stands in snapshots.

#include "tests/support/snapshot_bytes.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class QueueStateTest : public StageTest {
 protected:
  std::string state(ObjectId queue) { return saved(*stage.engine().registry().find(queue)); }

  Actor alice = stage.actor();
};

TEST_F(QueueStateTest, HasItsItemsInTheOrderOfComingThoseDelayedAndThoseInHand) {
  const ObjectId dead = stage.create(a_queue());
  OpenOptions options = reliable(a_priority_queue(5), {.max_deliveries = 3, .dead_letters = dead});
  options.mutable_priority_queue()->set_max_bytes(1000);
  const ObjectId queue = stage.create(options);
  alice.put_once(queue, "k", 2);
  alice.put(queue, 1);
  alice.nack(queue, alice.get(queue).delivery());  // It is before all that come now.
  stage.advance(1s);
  alice.get(queue);
  alice.put(queue, 3);
  alice.put(queue, 0);
  alice.put_after(queue, 9, 5s);
  const std::string shape = snapshot_bytes(2, 5, 1000, 1, 3, dead);
  const std::string counts = snapshot_bytes(5, 0, 0);  // Unfinished; neither shut down nor emptied.
  // The line's version, and its items.
  const std::string in_line = snapshot_bytes(8, 3, -1, 4, 1, encoded(2), 0, "k", 3, encoded(3), 0,
                                             "", 4, encoded(0), 0, "");
  const std::string delayed = snapshot_bytes(1, 1, stage.now() + 5s, 1, encoded(9), 0, "");
  const std::string in_hand =
      snapshot_bytes(2, 1, 2, alice.session(), 1, stage.now(), encoded(1), 2, "");
  EXPECT_EQ(state(queue), shape + counts + in_line + delayed + in_hand);
}

TEST_F(QueueStateTest, HasItsItemsInTheOrderOfGoingIfNoneIsSmaller) {
  const ObjectId stack = stage.create(a_lifo_queue());
  alice.put(stack, "a");
  alice.put(stack, "b");
  EXPECT_EQ(state(stack), snapshot_bytes(1, 0, 0, 0, 0, 0) + snapshot_bytes(2, 0, 0) +
                              snapshot_bytes(3, 2, encoded("b"), 0, "", encoded("a"), 0, "", 0, 0) +
                              snapshot_bytes(0, 0) + snapshot_bytes(0, 0));
}

TEST_F(QueueStateTest, HasHowItWasShutDown) {
  const ObjectId slowly = stage.create(a_queue()), at_once = stage.create(a_queue());
  alice.shut_down(slowly);
  alice.shut_down(at_once, true);
  const std::string shape = snapshot_bytes(0, 0, 0, 0, 0, 0),
                    nothing = snapshot_bytes(0, 0, 0, 0, 0, 0, 0);
  EXPECT_EQ(state(slowly), shape + snapshot_bytes(0, 1, 0) + snapshot_bytes(1) + nothing);
  EXPECT_EQ(state(at_once), shape + snapshot_bytes(0, 1, 1) + snapshot_bytes(2) + nothing);
}

}  // namespace
}  // namespace syncmanager::manager

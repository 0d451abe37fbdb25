// All that a queue is, as it stands in snapshots.

#include "tests/support/laid_out.h"
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
  OpenOptions options = reliable(a_priority_queue(5), {.most_deliveries = 3, .dead_letters = dead});
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
  const std::string shape = laid_out(2, 5, 1000, 1, 3, dead);
  const std::string counts = laid_out(5, 0, 0);  // Unfinished; neither shut down nor emptied.
  // The line's version, and its items.
  const std::string in_line =
      laid_out(8, 3, -1, 4, 1, encoded(2), 0, "k", 3, encoded(3), 0, "", 4, encoded(0), 0, "");
  const std::string delayed = laid_out(1, 1, stage.now() + 5s, 1, encoded(9), 0, "");
  const std::string in_hand = laid_out(2, 1, 2, alice.session(), 1, stage.now(), encoded(1), 2, "");
  EXPECT_EQ(state(queue), shape + counts + in_line + delayed + in_hand);
}

TEST_F(QueueStateTest, HasItsItemsInTheOrderOfGoingIfNoneIsSmaller) {
  const ObjectId stack = stage.create(a_lifo_queue());
  alice.put(stack, "a");
  alice.put(stack, "b");
  EXPECT_EQ(state(stack), laid_out(1, 0, 0, 0, 0, 0) + laid_out(2, 0, 0) +
                              laid_out(3, 2, encoded("b"), 0, "", encoded("a"), 0, "", 0, 0) +
                              laid_out(0, 0) + laid_out(0, 0));
}

TEST_F(QueueStateTest, HasHowItWasShutDown) {
  const ObjectId slowly = stage.create(a_queue()), at_once = stage.create(a_queue());
  alice.shut_down(slowly);
  alice.shut_down(at_once, true);
  const std::string shape = laid_out(0, 0, 0, 0, 0, 0), nothing = laid_out(0, 0, 0, 0, 0, 0, 0);
  EXPECT_EQ(state(slowly), shape + laid_out(0, 1, 0) + laid_out(1) + nothing);
  EXPECT_EQ(state(at_once), shape + laid_out(0, 1, 1) + laid_out(2) + nothing);
}

}  // namespace
}  // namespace syncmanager::manager

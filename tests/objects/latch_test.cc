#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class LatchTest : public StageTest {
 protected:
  ObjectId latch = stage.create(a_latch(3));
  Actor alice = stage.actor();
  Actor bob = stage.actor();
};

TEST_F(LatchTest, OpensForEverybodyWhenItsCountIsDown) {
  const Pending one = alice.wait(latch);
  const Pending two = bob.wait(latch);
  alice.thread(2).count_down(latch);
  alice.thread(2).count_down(latch);
  EXPECT_THAT(one, Parked());
  alice.thread(2).count_down(latch);
  EXPECT_THAT(one, Done());
  EXPECT_THAT(two, Done());
}

TEST_F(LatchTest, StaysOpenForThoseWhoComeLater) {
  alice.count_down(latch, 3);
  EXPECT_THAT(bob.wait(latch, 0ms), Done());
}

TEST_F(LatchTest, StopsAtZeroHoweverOftenItIsCountedDown) {
  EXPECT_THAT(alice.count_down(latch, std::numeric_limits<int64_t>::max()), Done());
  EXPECT_THAT(alice.count_down(latch), Done());
  EXPECT_THAT(alice.count(latch), Answered(0));
}

TEST_F(LatchTest, KeepsWhatADeadSessionCountedDown) {
  alice.count_down(latch, 2);
  alice.die();
  EXPECT_THAT(bob.count(latch), Answered(1));
}

TEST_F(LatchTest, RefusesToCountBackwards) {
  EXPECT_THAT(alice.count_down(latch, -1), Refused(wire::BAD_VALUE, "count must be one or more"));
  EXPECT_THAT(alice.open(a_latch(-1)), Refused(wire::BAD_VALUE, "count must be >= 0"));
  EXPECT_THAT(alice.open(a_latch(int64_t{1} << 40)),
              Refused(wire::INVALID_ARGUMENT, "a latch counts from at most 2147483647"));
}

}  // namespace
}  // namespace syncmanager::manager

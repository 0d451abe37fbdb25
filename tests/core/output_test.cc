// What a session keeps for its client until that acknowledges it.

#include <limits>

#include "tests/support/stage.h"

namespace syncmanager {
namespace {

constexpr uint64_t kDurable = std::numeric_limits<uint64_t>::max();
constexpr size_t kUnlimited = std::numeric_limits<size_t>::max();

class OutputTest : public StageTest {
 protected:
  // Three replies, numbered 1, 2, 3.
  OutputTest() {
    for (int i = 0; i < 3; ++i) alice.ping();
  }

  const Session& session() { return *stage.engine().session(alice.session()); }
  // The ids of the replies after output number `sent`.
  std::vector<uint64_t> collect(uint64_t sent, size_t bytes = kUnlimited) {
    std::string frame;
    last = session().collect(sent, kDurable, bytes, frame);
    wire::ServerBatch batch;
    EXPECT_TRUE(batch.ParseFromString(frame));
    std::vector<uint64_t> ids;
    for (const wire::Reply& reply : batch.replies()) ids.push_back(reply.id());
    return ids;
  }
  void acknowledge(uint64_t count) {
    wire::ClientBatch batch;
    batch.set_acknowledged(count);
    alice.send(batch);
  }

  Actor alice = stage.actor();
  uint64_t last = 0;
};

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(OutputTest, IsCollectedFromAnyNumberOnAndAgain) {
  EXPECT_THAT(collect(0), ElementsAre(1, 2, 3));
  EXPECT_EQ(last, 3u);
  EXPECT_THAT(collect(1), ElementsAre(2, 3));
  EXPECT_THAT(collect(0), ElementsAre(1, 2, 3));
  EXPECT_THAT(collect(3), IsEmpty());
}

TEST_F(OutputTest, IsForgottenWhenItIsAcknowledged) {
  const uint64_t before = session().output_bytes();
  EXPECT_EQ(session().emitted_bytes(), before);
  acknowledge(2);
  EXPECT_THAT(collect(0), ElementsAre(3));
  EXPECT_EQ(last, 3u);
  EXPECT_LT(session().output_bytes(), before);
  acknowledge(3);
  EXPECT_THAT(collect(0), IsEmpty());
  EXPECT_EQ(session().output_bytes(), 0u);
  EXPECT_EQ(session().emitted_bytes(), before);
  EXPECT_EQ(session().emitted(), 3u);
}

TEST_F(OutputTest, IsNotForgottenTwiceNorBeforeItWasMade) {
  acknowledge(2);
  acknowledge(1);
  acknowledge(0);
  EXPECT_THAT(collect(0), ElementsAre(3));
  acknowledge(1'000'000);
  alice.ping();
  EXPECT_THAT(collect(0), ElementsAre(4));
  EXPECT_EQ(session().emitted(), 4u);
}

TEST_F(OutputTest, FillsAFrameUpToItsSizeAndAtLeastWithOne) {
  EXPECT_THAT(collect(0, 1), ElementsAre(1));
  EXPECT_EQ(last, 1u);
  EXPECT_THAT(collect(last, 8), ElementsAre(2, 3));
}

TEST_F(OutputTest, LeavesWhenTheInputItDependsOnIsDurable) {
  std::string frame;
  const uint64_t lsn = stage.engine().lsn();  // Of the third ping.
  EXPECT_EQ(session().collect(0, lsn - 3, kUnlimited, frame), 0u);
  EXPECT_EQ(session().collect(0, lsn - 1, kUnlimited, frame), 2u);
  EXPECT_EQ(session().collect(0, lsn, kUnlimited, frame), 3u);
}

TEST_F(OutputTest, OfAWaiterDependsOnTheInputThatServedIt) {
  const ObjectId queue = stage.create(a_queue());
  const Pending waiting = alice.get(queue);
  stage.actor().put(queue, "a");
  const uint64_t lsn = stage.engine().lsn();
  const uint64_t all = session().emitted();
  std::string frame;
  EXPECT_EQ(session().collect(0, lsn - 1, kUnlimited, frame), all - 1);
  EXPECT_EQ(session().collect(0, lsn, kUnlimited, frame), all);
  EXPECT_THAT(waiting, Answered("a"));
}

}  // namespace
}  // namespace syncmanager

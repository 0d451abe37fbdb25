// The output that a session keeps until its client acknowledges it.

#include <limits>

#include "tests/support/stage.h"

namespace syncmanager::manager {
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
  // The ids of the replies after output number `outputs`.
  std::vector<uint64_t> collect(uint64_t outputs, size_t bytes = kUnlimited) {
    std::string frame;
    Sent sent{.outputs = outputs};
    session().collect(sent, kDurable, bytes, frame);
    last = sent.outputs;
    wire::ServerBatch batch;
    EXPECT_TRUE(batch.ParseFromString(frame));
    std::vector<uint64_t> ids;
    for (const wire::Reply& reply : batch.replies()) ids.push_back(reply.id());
    return ids;
  }
  // How many outputs may leave when the input of that number is the last durable one.
  uint64_t durable(uint64_t lsn) {
    std::string frame;
    Sent sent;
    session().collect(sent, lsn, kUnlimited, frame);
    return sent.outputs;
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

TEST_F(OutputTest, FillsAFrameUpToItsSize) {
  const size_t one = session().output_bytes() / 3;
  EXPECT_THAT(collect(0, one), ElementsAre(1));
  EXPECT_EQ(last, 1u);
  EXPECT_THAT(collect(last, 2 * one), ElementsAre(2, 3));
}

TEST_F(OutputTest, LeavesInPartsIfItIsLargerThanAFrame) {
  acknowledge(3);
  const ObjectId queue = stage.create(a_queue());
  stage.actor().put(queue, std::string(100, 'a'));
  alice.get(queue);
  Sent sent{.outputs = session().emitted() - 1};
  std::string whole;
  uint64_t left = 0;
  do {
    std::string frame;
    session().collect(sent, kDurable, 40, frame);
    wire::ServerBatch batch;
    ASSERT_TRUE(batch.ParseFromString(frame));
    EXPECT_EQ(batch.replies_size(), 0);
    EXPECT_LE(batch.part().bytes().size(), 40u);
    whole += batch.part().bytes();
    left = batch.part().left();
  } while (left > 0);
  EXPECT_EQ(sent.outputs, session().emitted());
  EXPECT_EQ(sent.of_next, 0u);
  wire::ServerBatch answer;
  ASSERT_TRUE(answer.ParseFromString(whole));
  ASSERT_EQ(answer.replies_size(), 1);
  EXPECT_EQ(answer.replies(0).value(), encoded(std::string(100, 'a')));
}

TEST_F(OutputTest, LeavesWhenTheInputItDependsOnIsDurable) {
  const uint64_t lsn = stage.engine().lsn();  // Of the third ping.
  EXPECT_EQ(durable(lsn - 3), 0u);
  EXPECT_EQ(durable(lsn - 1), 2u);
  EXPECT_EQ(durable(lsn), 3u);
}

TEST_F(OutputTest, OfAWaiterDependsOnTheInputThatServedIt) {
  const ObjectId queue = stage.create(a_queue());
  const Pending waiting = alice.get(queue);
  stage.actor().put(queue, "a");
  const uint64_t lsn = stage.engine().lsn();
  const uint64_t all = session().emitted();
  EXPECT_EQ(durable(lsn - 1), all - 1);
  EXPECT_EQ(durable(lsn), all);
  EXPECT_THAT(waiting, Answered("a"));
}

}  // namespace
}  // namespace syncmanager::manager

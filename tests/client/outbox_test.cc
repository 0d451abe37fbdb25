// The outbox's frames: large requests leave in parts, from memory that was moved or lent.
#include "client/cpp/src/session/outbox.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protos/session.pb.h"

namespace syncmanager {
namespace {

constexpr size_t kFrame = 32 << 10;

class OutboxTest : public testing::Test {
 protected:
  // Nobody answers the calls, which are not the table's.
  ~OutboxTest() override {
    Aftermath aftermath;
    pending.lose_all(Loss::kClosed, "", aftermath);
  }
  // The next frame.
  wire::ClientBatch take(Outbox& outbox) {
    std::string body;
    outbox.take(body);
    wire::ClientBatch batch;
    EXPECT_TRUE(batch.ParseFromString(body));
    return batch;
  }
  // The bytes of the parts that are left, and the id in the last one.
  std::pair<std::string, uint64_t> take_parts(Outbox& outbox) {
    std::string bytes;
    while (true) {
      const wire::ClientBatch batch = take(outbox);
      if (!batch.has_part()) return {bytes, 0};
      bytes += batch.part().bytes();
      if (batch.part().left() == 0) return {bytes, batch.part().request()};
    }
  }

  ReferencePtr nowhere = std::make_shared<const Reference>(nullptr, 0, "", "");
  std::deque<PendingCall> calls;
  PendingCalls pending;
  PendingCall& call = calls.emplace_back(Answer(nowhere, "put"));
  std::string borrowed = std::string(100'000, 'a');
};

EncodedMessage lent(const std::string& bytes) {
  return {.front = "[]", .lent = {{.after = 1, .bytes = bytes}}, .large = ""};
}

TEST_F(OutboxTest, DividesWhatIsMovedIntoIt) {
  Outbox outbox(pending, kFrame, false);
  pending.expect(call);
  outbox.add_passed(call, {.front = "<", .lent = {}, .large = borrowed});
  const auto [bytes, id] = take_parts(outbox);
  EXPECT_EQ(bytes, "<" + borrowed);
  EXPECT_EQ(id, call.id);
  EXPECT_TRUE(outbox.empty());
}

TEST_F(OutboxTest, SendsWhatIsLentFromWhereItLies) {
  Outbox outbox(pending, kFrame, false);
  pending.expect(call);
  outbox.add_passed(call, lent(borrowed));
  borrowed[50'000] = 'b';
  EXPECT_EQ(take_parts(outbox).first, "[" + borrowed + "]");
}

// A caller that doesn't wait for the answer takes its memory back.
TEST_F(OutboxTest, KeepsACopyOfWhatIsNoLongerLent) {
  for (const bool can_resume : {false, true}) {
    Outbox outbox(pending, kFrame, can_resume);
    PendingCall& dropped = calls.emplace_back(Answer(nowhere, "put"));
    pending.expect(dropped);
    const std::string before = borrowed;
    outbox.add_passed(dropped, lent(borrowed));
    std::string bytes = take(outbox).part().bytes();
    outbox.own(dropped);
    borrowed.assign(borrowed.size(), 'c');
    bytes += take_parts(outbox).first;
    EXPECT_EQ(bytes, "[" + before + "]");
    if (!can_resume) continue;
    outbox.repeat();
    EXPECT_EQ(take_parts(outbox).first, "[" + before + "]");
  }
}

TEST_F(OutboxTest, RepeatsAPartlySentRequestFromItsBeginning) {
  Outbox outbox(pending, kFrame, true);
  pending.expect(call);
  outbox.add_passed(call, lent(borrowed));
  take(outbox);
  outbox.repeat();
  EXPECT_EQ(take_parts(outbox).first, "[" + borrowed + "]");
}

}  // namespace
}  // namespace syncmanager

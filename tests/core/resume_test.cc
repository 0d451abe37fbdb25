// A session whose stream is lost, until its client is back or its time is over.

#include <limits>

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

constexpr auto kPatience = 10s;

class ResumeTest : public StageTest {
 protected:
  const Session* session_of(const Actor& actor) { return stage.engine().session(actor.session()); }
  uint64_t lost_sessions() { return stage.engine().statistics().lost_sessions(); }
  // The output that would be sent to the session after output number `output`.
  wire::ServerBatch output_after(const Actor& actor, uint64_t output) {
    std::string frame;
    Sent sent{.outputs = output};
    session_of(actor)->collect(sent, std::numeric_limits<uint64_t>::max(),
                               std::numeric_limits<size_t>::max(), frame);
    wire::ServerBatch batch;
    EXPECT_TRUE(batch.ParseFromString(frame));
    return batch;
  }

  Actor alice = stage.actor();
  Actor bob = stage.actor();
};

TEST_F(ResumeTest, ALostSessionKeepsItsLockAndDiesWhenItsTimeIsOver) {
  const ObjectId lock = stage.create(a_lock());
  EXPECT_THAT(alice.acquire(lock), Granted());
  const Pending waiting = bob.acquire(lock);
  alice.lose_stream(kPatience);
  EXPECT_EQ(lost_sessions(), 1u);

  stage.advance(kPatience - 1us);
  EXPECT_THAT(waiting, Parked());
  stage.advance(1us);
  EXPECT_THAT(waiting, GrantedAbandoned());
  EXPECT_EQ(session_of(alice), nullptr);
  EXPECT_EQ(lost_sessions(), 0u);
}

TEST_F(ResumeTest, TheEndOfTheTimeOfALostSessionIsADeadlineOfTheEngine) {
  alice.lose_stream(kPatience);
  bob.lose_stream(kPatience / 2);
  EXPECT_EQ(stage.engine().next_deadline(), stage.now() + kPatience / 2);
  EXPECT_TRUE(bob.resume(session_of(bob)->emitted()));
  EXPECT_EQ(stage.engine().next_deadline(), stage.now() + kPatience);
  EXPECT_TRUE(alice.resume(session_of(alice)->emitted()));
  EXPECT_EQ(stage.engine().next_deadline(), kNever);
}

TEST_F(ResumeTest, AResumedSessionLivesOnAndHoldsWhatItHeld) {
  const ObjectId lock = stage.create(a_lock());
  EXPECT_THAT(alice.acquire(lock), Granted());
  const Pending waiting = bob.acquire(lock);
  alice.lose_stream(kPatience);
  stage.advance(kPatience / 2);
  EXPECT_TRUE(alice.resume(session_of(alice)->emitted()));

  stage.advance(kPatience * 2);
  EXPECT_THAT(waiting, Parked());
  EXPECT_THAT(alice.release(lock), Done());
  EXPECT_THAT(waiting, Granted());
}

TEST_F(ResumeTest, ALostSessionKeepsItsPlaceInTheWaitList) {
  const ObjectId queue = stage.create(a_queue());
  const Pending first = alice.get(queue);
  const Pending second = bob.get(queue);
  alice.lose_stream(kPatience);
  const Actor carol = stage.actor();
  carol.put(queue, "a");
  EXPECT_THAT(first, Answered("a"));
  EXPECT_THAT(second, Parked());

  const uint64_t received = session_of(alice)->emitted() - 1;  // All but this answer.
  EXPECT_TRUE(alice.resume(received));
  const wire::ServerBatch missed = output_after(alice, received);
  ASSERT_EQ(missed.replies_size(), 1);
  EXPECT_EQ(missed.replies(0).id(), first.id());
}

TEST_F(ResumeTest, WhatWasNotReceivedIsSentAgainAndNothingElse) {
  for (int i = 0; i < 5; ++i) alice.ping();
  alice.lose_stream(kPatience);
  EXPECT_TRUE(alice.resume(3));
  EXPECT_EQ(output_after(alice, 3).replies_size(), 2);
  EXPECT_EQ(session_of(alice)->acknowledged(), 3u);
}

TEST_F(ResumeTest, ARepeatedRequestIsNotPerformedAgain) {
  const ObjectId queue = stage.create(a_queue());
  alice.size(queue);  // So that it has its reference.
  wire::ClientBatch batch;
  wire::Request& put = *batch.add_requests();
  put.set_id(stage.next_request(alice.session()));
  put.set_object(queue);
  put.mutable_queue()->mutable_put()->set_item(encoded("once"));
  alice.send(batch);
  alice.lose_stream(kPatience);
  EXPECT_TRUE(alice.resume(session_of(alice)->acknowledged()));
  alice.send(batch);
  EXPECT_THAT(bob.size(queue), Answered(1));
}

TEST_F(ResumeTest, ACallOfALostSessionStillTimesOut) {
  const ObjectId queue = stage.create(a_queue());
  const Pending waiting = alice.get(queue, 5s);
  alice.lose_stream(kPatience);
  stage.advance(5s);
  EXPECT_THAT(waiting, TimedOut());
}

TEST_F(ResumeTest, AClientCannotHaveReceivedWhatItWasNotSent) {
  alice.ping();
  alice.lose_stream(kPatience);
  EXPECT_FALSE(alice.resume(2));
  EXPECT_EQ(lost_sessions(), 1u);

  EXPECT_TRUE(alice.resume(1));
  alice.lose_stream(kPatience);
  EXPECT_FALSE(alice.resume(0)) << "less than it has acknowledged";
}

TEST_F(ResumeTest, ASessionCanBeResumedWithoutHavingBeenLost) {
  alice.ping();
  EXPECT_TRUE(alice.resume(1));
  EXPECT_THAT(alice.ping(), Done());
}

TEST_F(ResumeTest, TheDeadCannotBeResumed) {
  alice.lose_stream(kPatience);
  stage.advance(kPatience);
  EXPECT_FALSE(alice.resume(0));
  bob.die();
  EXPECT_FALSE(bob.resume(0));
}

TEST_F(ResumeTest, TheFirstLossCounts) {
  alice.lose_stream(kPatience);
  stage.advance(kPatience / 2);
  alice.lose_stream(kPatience);
  stage.advance(kPatience / 2);
  EXPECT_EQ(session_of(alice), nullptr);
}

}  // namespace
}  // namespace syncmanager::manager

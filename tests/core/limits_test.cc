// Each limit: a clear refusal for that request, nothing changed, the others undisturbed.

#include "manager/core/limits.h"

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::HasSubstr;

TEST(Limits, OfSessions) {
  Stage stage({.sessions = 2});
  const Actor alice = stage.actor();
  stage.actor();
  const absl::Status refused = stage.try_actor({}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(refused.message(), "the manager has its limit of 2 sessions");
  alice.leave();
  EXPECT_TRUE(stage.try_actor({}).ok());
}

TEST(Limits, OfSessionsOfAKey) {
  Stage stage({.sessions_per_key = 1});
  const Actor alice = stage.actor({.key = "one"});
  EXPECT_TRUE(stage.try_actor({.key = "another"}).ok());
  const absl::Status refused = stage.try_actor({.key = "one"}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(refused.message(), "this key has its limit of 1 sessions");
  alice.die();
  EXPECT_TRUE(stage.try_actor({.key = "one"}).ok());
}

TEST(Limits, OfSessionsOfAKeyStillCountTheRestWhenOneEnds) {
  Stage stage({.sessions_per_key = 2});
  const Actor alice = stage.actor();
  stage.actor();
  alice.die();
  EXPECT_TRUE(stage.try_actor({}).ok());
  EXPECT_FALSE(stage.try_actor({}).ok());
}

TEST(Limits, OfObjects) {
  Stage stage({.objects = 2});
  const Actor alice = stage.actor();
  const ObjectId first = alice.open(a_queue()).object();
  alice.open(named("jobs", a_queue()));
  const char* reason = "the manager has its limit of 2 objects";
  EXPECT_THAT(alice.open(named("more", a_queue())), Refused(wire::RESOURCE_EXHAUSTED, reason));
  EXPECT_THAT(alice.open(a_queue()), Refused(wire::RESOURCE_EXHAUSTED, reason));
  EXPECT_THAT(alice.open(named("jobs", a_queue())), Opened(false));
  alice.forget(first);
  EXPECT_THAT(alice.open(named("more", a_queue())), Opened(true));
}

TEST(Limits, OfObjectsWithoutANameOfASession) {
  Stage stage({.anonymous_per_session = 1});
  const Actor alice = stage.actor(), bob = stage.actor();
  const ObjectId first = alice.open(a_queue()).object();
  EXPECT_THAT(
      alice.open(a_queue()),
      Refused(wire::RESOURCE_EXHAUSTED, "this session has its limit of 1 objects without a name"));
  EXPECT_THAT(alice.open(named("jobs", a_queue())), Opened(true));
  EXPECT_THAT(bob.open(a_queue()), Opened(true));
  alice.forget(first);
  EXPECT_THAT(alice.open(a_queue()), Opened(true));
}

TEST(Limits, OfObjectsWithoutANameCountTheLockThatAConditionMakes) {
  Stage stage({.anonymous_per_session = 1});
  const Actor alice = stage.actor();
  EXPECT_THAT(alice.open(a_condition()), Refused(wire::RESOURCE_EXHAUSTED));
  EXPECT_EQ(stage.engine().statistics().objects(), 0u);
  EXPECT_THAT(alice.open(a_lock()), Opened(true));
}

TEST(Limits, OfParkedCallsOfASession) {
  Stage stage({.parked_per_session = 1});
  const ObjectId queue = stage.create(a_queue());
  const Actor alice = stage.actor(), bob = stage.actor();
  const Pending first = alice.get(queue);
  EXPECT_THAT(alice.get(queue),
              Refused(wire::RESOURCE_EXHAUSTED, "this session has its limit of 1 parked calls"));
  EXPECT_THAT(alice.get(queue, 0ms), TimedOut());
  EXPECT_THAT(bob.get(queue), Parked());
  first.cancel();
  EXPECT_THAT(alice.get(queue), Parked());
}

TEST(Limits, OfParkedCallsInAll) {
  Stage stage({.parked_total = 1});
  const ObjectId queue = stage.create(a_queue());
  const Actor alice = stage.actor(), bob = stage.actor();
  const Pending first = alice.get(queue);
  EXPECT_THAT(bob.get(queue),
              Refused(wire::RESOURCE_EXHAUSTED, "the manager has its limit of 1 parked calls"));
  EXPECT_THAT(bob.put(queue, "a"), Done());
  EXPECT_THAT(first, Answered("a"));
  EXPECT_THAT(bob.get(queue), Parked());
}

TEST(Limits, OfBytesOfAnObject) {
  const size_t room = 2 * (encoded("a").size() + Stored::kOverhead);
  Stage stage({.object_bytes = room});
  const ObjectId queue = stage.create(a_queue()), other = stage.create(a_queue());
  const Actor alice = stage.actor();
  alice.put(queue, "a");
  alice.put(queue, "b");
  EXPECT_THAT(alice.put(queue, "c"),
              Refused(wire::RESOURCE_EXHAUSTED, HasSubstr("the object would hold more than")));
  EXPECT_THAT(alice.put(other, "c"), Done());
  EXPECT_THAT(alice.get(queue), Answered("a"));
  EXPECT_THAT(alice.put(queue, "c"), Done());
}

TEST(Limits, OfBytesOfAnObjectCountKeysAndWhatIsRefusedLeavesNothing) {
  Stage stage({.object_bytes = encoded("a").size() + Stored::kOverhead});
  const Actor alice = stage.actor();
  const ObjectId queue = stage.create(a_queue());
  EXPECT_THAT(alice.put_once(queue, "key", "a"), Refused(wire::RESOURCE_EXHAUSTED));
  EXPECT_EQ(stage.inspect(queue).summary().bytes(), 0u);
  EXPECT_THAT(alice.put(queue, "a"), Done());
}

TEST(Limits, OfBytesInAllCountValuesAndParkedCalls) {
  Stage stage({.total_bytes = 4000});
  const ObjectId bounded = stage.create(a_queue(1)), other = stage.create(a_queue());
  const Actor alice = stage.actor();
  alice.put(bounded, std::string(1000, 'a'));
  const Pending parked = alice.put(bounded, std::string(2000, 'b'));
  EXPECT_THAT(parked, Parked());
  EXPECT_THAT(alice.put(other, std::string(1000, 'c')),
              Refused(wire::RESOURCE_EXHAUSTED,
                      "the manager would hold more than 4000 bytes (--max-total-bytes)"));
  EXPECT_THAT(alice.put(bounded, std::string(1000, 'd')), Refused(wire::RESOURCE_EXHAUSTED));
  parked.cancel();
  EXPECT_THAT(alice.put(other, std::string(1000, 'c')), Done());
}

TEST(Limits, OfBytesLetWhoeverEmptiesIn) {
  const uint64_t room = encoded("a").size() + Stored::kOverhead;
  Stage stage({.total_bytes = room});
  const ObjectId queue = stage.create(a_queue());
  const Actor alice = stage.actor();
  alice.put(queue, "a");
  EXPECT_THAT(alice.put(queue, "b"), Refused(wire::RESOURCE_EXHAUSTED));
  EXPECT_THAT(alice.get(queue), Answered("a"));
  EXPECT_EQ(stage.engine().statistics().bytes(), 0u);
  EXPECT_THAT(alice.open(named("jobs", a_queue())), Opened(true));
  EXPECT_THAT(alice.remove("jobs"), Done());
}

TEST(Limits, OfAValue) {
  Stage stage({.value_bytes = 10, .value_depth = 3});
  const ObjectId queue = stage.create(a_queue());
  const Actor alice = stage.actor();
  EXPECT_THAT(alice.put(queue, std::string(8, 'a')), Done());
  EXPECT_THAT(alice.put(queue, std::string(9, 'a')), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(alice.put(queue, std::vector<int>{1, 2, 3, 4}), Done());
  EXPECT_THAT(alice.put_encoded(queue, nested_list(3), {}), Done());
  EXPECT_THAT(alice.put_encoded(queue, nested_list(4), {}), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(alice.put_encoded(queue, "", {}), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(alice.put_encoded(queue, "\xff", {}), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(alice.size(queue), Answered(3));
}

TEST(Limits, OfDepthHoldsForHostileNesting) {
  Stage stage;
  const ObjectId queue = stage.create(a_queue());
  const Actor alice = stage.actor();
  EXPECT_THAT(alice.put_encoded(queue, nested_list(32), {}), Done());
  for (const size_t depth : {33u, 60u, 10'000u, 1'000'000u}) {
    EXPECT_THAT(alice.put_encoded(queue, nested_list(depth), {}), Refused(wire::INVALID_ARGUMENT));
  }
}

}  // namespace
}  // namespace syncmanager::manager

// Attacks by a client with a valid key on the manager and on other clients: references to objects
// that it hasn't got, requests that cost more than they say, and deletions at the worst moment.

#include <string>

#include "tests/support/containers.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::HasSubstr;

class HostileTest : public StageTest {
 protected:
  Actor alice = stage.actor(), mallory = stage.actor();
};

TEST_F(HostileTest, AReferenceToNothingIsRefused) {
  const ObjectId queue = stage.create(a_queue());
  EXPECT_THAT(mallory.put(queue, Reference{0, "Queue"}),
              Refused(wire::NO_SUCH_OBJECT, HasSubstr("object 0")));
}

// Were it kept, the object of that number would lose a reference that it never had, and end in the
// hands of those who use it.
TEST_F(HostileTest, AReferenceToAnObjectToComeCantHideBehindAnother) {
  const ObjectId queue = stage.create(a_queue());
  const ObjectId next = queue + 1;
  EXPECT_THAT(mallory.put(queue, tuple_of(Reference{next, "list"}, Reference{0, "list"})),
              Refused(wire::NO_SUCH_OBJECT, HasSubstr("object " + std::to_string(next))));
  const ObjectId events = alice.open(an_event()).object();
  ASSERT_EQ(events, next);
  mallory.get(queue, 0ms);
  EXPECT_THAT(alice.is_set(events), Answered(false));
}

// One frame that asks for a large value as often as it has room for: the answers wait in memory.
TEST(Hostile, AFrameOfSmallRequestsCantAskForMoreOutputThanThereIsMemory) {
  Stage stage({.unacknowledged_bytes = 10'000});
  const ObjectId list = stage.create(a_list(std::string(2'000, 'x')));
  const Actor mallory = stage.actor();
  mallory.adopt(list);
  wire::ClientBatch batch;
  for (uint64_t id = 10; id < 110; ++id) {
    wire::Request& request = *batch.add_requests();
    request.set_id(id);
    request.set_object(list);
    request.mutable_list()->mutable_get();
  }
  mallory.send(batch);
  const Pending first(stage, mallory.session(), 10), last(stage, mallory.session(), 109);
  EXPECT_THAT(first, Answered(std::string(2'000, 'x')));
  EXPECT_THAT(last, Refused(wire::RESOURCE_EXHAUSTED, HasSubstr("10000 bytes of answers")));
  EXPECT_LT(stage.engine().session(mallory.session())->output_bytes(), 30'000u);

  wire::ClientBatch acknowledgement;
  acknowledgement.set_acknowledged(stage.engine().session(mallory.session())->emitted());
  mallory.send(acknowledgement);
  EXPECT_THAT(mallory.ping(), Done());
}

TEST(Hostile, ACallerForEachReadCantFillTheMemory) {
  Stage stage({.readers = 2});
  const ObjectId lock = stage.create(an_rwlock());
  const Actor mallory = stage.actor();
  EXPECT_THAT(mallory.thread(1).acquire_read(lock), Granted());
  EXPECT_THAT(mallory.thread(2).acquire_read(lock), Granted());
  EXPECT_THAT(mallory.thread(3).acquire_read(lock),
              Refused(wire::RESOURCE_EXHAUSTED, "the lock has its limit of 2 readers"));
  EXPECT_THAT(mallory.thread(2).acquire_read(lock), Granted());
}

TEST_F(HostileTest, ANameThatCantBeOneIsNotRepeatedInAMessage) {
  const std::string endless(100'000, 'x');
  const auto refused = Refused(wire::INVALID_ARGUMENT, HasSubstr("1 to 255 bytes"));
  EXPECT_THAT(mallory.inspect(endless), refused);
  EXPECT_THAT(mallory.remove(endless), refused);
}

TEST(Hostile, ACrowdOfWaitersStillFitsAMessage) {
  Stage stage({.parked_per_session = 2'000});
  const Actor mallory = stage.actor();
  const ObjectId event = mallory.open(named("event", an_event())).object();
  for (int i = 0; i < 1'500; ++i) mallory.wait(event);
  const wire::ObjectState state = mallory.inspect("event").reply().state();
  EXPECT_EQ(state.waiters_size(), 1'000);
  EXPECT_EQ(state.summary().parked(), 1'500u);
}

// In memory such a field takes eight times the bytes that it takes on the wire.
TEST_F(HostileTest, WhatAParkedRequestHasThatNobodyKnowsIsNotKept) {
  const ObjectId event = stage.create(an_event());
  mallory.adopt(event);
  const uint64_t before = stage.engine().statistics().bytes();
  const Pending waiting = mallory.ask(event, [](wire::Request& request) {
    request.mutable_event()->mutable_wait();
    auto* unknown = request.GetReflection()->MutableUnknownFields(&request);
    for (int i = 0; i < 10'000; ++i) unknown->AddVarint(100, 1);
  });
  EXPECT_THAT(waiting, Parked());
  EXPECT_LT(stage.engine().statistics().bytes() - before, 1'000u);
}

}  // namespace
}  // namespace syncmanager::manager

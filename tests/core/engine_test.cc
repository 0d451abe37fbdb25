// Sessions, requests, cancels, time and the drain.

#include "manager/core/engine.h"

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EngineTest : public StageTest {
 protected:
  // A request as a frame brings it.
  static wire::Request get(uint64_t id, ObjectId object) {
    wire::Request request;
    request.set_id(id);
    request.set_object(object);
    request.mutable_queue()->mutable_get();
    return request;
  }
  static wire::Request put(uint64_t id, ObjectId object, const std::string& item) {
    wire::Request request;
    request.set_id(id);
    request.set_object(object);
    request.mutable_queue()->mutable_put()->set_item(encoded(item));
    return request;
  }

  ObjectId queue = stage.create(a_queue());
  Actor alice = stage.actor();
  Actor bob = stage.actor();
};

TEST_F(EngineTest, NumbersSessionsInTheOrderOfTheirOpening) {
  EXPECT_EQ(bob.session(), alice.session() + 1);
  alice.die();
  EXPECT_EQ(stage.actor().session(), bob.session() + 1);
}

TEST_F(EngineTest, PerformsTheRequestsOfABatchInTheirOrderAndThenTheCancels) {
  alice.size(queue);
  wire::ClientBatch batch;
  *batch.add_requests() = put(10, queue, "a");
  *batch.add_requests() = put(11, queue, "b");
  *batch.add_requests() = get(12, queue);
  *batch.add_requests() = get(13, queue);
  *batch.add_requests() = get(14, queue);
  batch.add_cancels(14);
  alice.send(batch);

  EXPECT_THAT(Pending(stage, alice.session(), 12), Answered("a"));
  EXPECT_THAT(Pending(stage, alice.session(), 13), Answered("b"));
  EXPECT_THAT(Pending(stage, alice.session(), 14), Refused(wire::CANCELLED));
}

TEST_F(EngineTest, NeverPerformsARepeatedRequestAgain) {
  alice.size(queue);
  wire::ClientBatch batch;
  *batch.add_requests() = put(10, queue, "once");
  alice.send(batch);
  alice.send(batch);
  *batch.mutable_requests(0) = put(9, queue, "late");
  alice.send(batch);
  EXPECT_THAT(alice.size(queue), Answered(1));
}

TEST_F(EngineTest, AnswersARequestWithoutAnIdThatItMustHaveOne) {
  wire::ClientBatch batch;
  *batch.add_requests() = put(0, queue, "a");
  alice.send(batch);
  EXPECT_THAT(Pending(stage, alice.session(), 0), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(alice.size(queue), Answered(0));
}

TEST_F(EngineTest, KeepsARepeatedRequestParkedInItsPlace) {
  alice.size(queue);
  wire::ClientBatch batch;
  *batch.add_requests() = get(10, queue);
  alice.send(batch);
  const Pending second = bob.get(queue);
  alice.send(batch);
  bob.put(queue, "a");
  EXPECT_THAT(Pending(stage, alice.session(), 10), Answered("a"));
  EXPECT_THAT(second, Parked());
}

TEST_F(EngineTest, IgnoresCancelsOfWhatIsNotParked) {
  const Pending done = alice.size(queue);
  done.cancel();
  Pending(stage, alice.session(), 1'000'000).cancel();
  EXPECT_THAT(done, Answered(0));
}

TEST_F(EngineTest, CancelsForItsOwnSessionOnly) {
  const Pending waiting = alice.get(queue);
  Pending(stage, bob.session(), waiting.id()).cancel();
  EXPECT_THAT(waiting, Parked());
}

TEST_F(EngineTest, IgnoresWhatComesFromASessionThatHasEnded) {
  alice.size(queue);
  alice.die();
  wire::ClientBatch batch;
  *batch.add_requests() = put(10, queue, "from the grave");
  alice.send(batch);
  alice.die();
  EXPECT_THAT(bob.size(queue), Answered(0));
}

TEST_F(EngineTest, RefusesWhatIsOfAnotherTypeOrOfNoObject) {
  EXPECT_THAT(alice.ask(queue, [](wire::Request& r) { r.mutable_lock()->mutable_acquire(); }),
              Refused(wire::WRONG_TYPE, HasSubstr("is a Queue, which has no such operation")));
  EXPECT_THAT(alice.ask(queue, [](wire::Request& r) { r.mutable_queue(); }),
              Refused(wire::INVALID_ARGUMENT, "no operation of a queue"));
  EXPECT_THAT(alice.ask(0, [](wire::Request& r) { r.mutable_registry(); }),
              Refused(wire::INVALID_ARGUMENT, "no operation of the registry"));
  EXPECT_THAT(alice.ask(0, [](wire::Request&) {}), Refused(wire::NO_SUCH_OBJECT));
  EXPECT_THAT(alice.get(1'000'000),
              Refused(wire::NO_SUCH_OBJECT, "this session has no object 1000000"));
}

TEST_F(EngineTest, RefusesAShardAsThereAreNone) {
  EXPECT_THAT(alice.ask(0,
                        [](wire::Request& r) {
                          r.set_shard(1);
                          r.mutable_registry()->mutable_ping();
                        }),
              Refused(wire::INVALID_ARGUMENT));
}

// ---- Time.

TEST_F(EngineTest, ExpiresWhatIsDueInTheOrderOfDeadlinesThenOfParking) {
  const Pending later = alice.get(queue, 2s);
  const Pending sooner = alice.get(queue, 1s);
  const Pending same = bob.get(queue, 1s);
  EXPECT_EQ(stage.engine().next_deadline(), stage.now() + 1s);
  stage.advance(1s);
  EXPECT_THAT(sooner, TimedOut());
  EXPECT_THAT(same, TimedOut());
  EXPECT_THAT(later, Parked());
  EXPECT_EQ(stage.engine().next_deadline(), stage.now() + 1s);
  stage.advance(1s);
  EXPECT_THAT(later, TimedOut());
  EXPECT_EQ(stage.engine().next_deadline(), kNever);
}

TEST_F(EngineTest, ForgetsTheDeadlineOfWhatWasServed) {
  const Pending waiting = alice.get(queue, 1s);
  bob.put(queue, "a");
  EXPECT_EQ(stage.engine().next_deadline(), kNever);
  stage.advance(1s);
  EXPECT_THAT(waiting, Answered("a"));
}

TEST_F(EngineTest, RefusesATimeoutOfMoreThanAYearAsAMistakeOfUnit) {
  EXPECT_THAT(alice.get(queue, 24h * 365), Parked());
  EXPECT_THAT(alice.get(queue, 24h * 365 + 1us),
              Refused(wire::INVALID_ARGUMENT, HasSubstr("is longer than a year")));
  EXPECT_THAT(alice.ask(queue,
                        [](wire::Request& r) {
                          r.set_timeout_us(std::numeric_limits<uint64_t>::max());
                          r.mutable_queue()->mutable_get();
                        }),
              Refused(wire::INVALID_ARGUMENT));
}

TEST(Engine, CountsAnEarlierTimeAsTheLatestOneSeen) {
  wire::Started started;
  Engine engine(catalog(), {}, started);
  engine.tick(Time(5s));
  engine.tick(Time(3s));
  EXPECT_EQ(engine.now(), Time(5s));
  EXPECT_EQ(engine.lsn(), 2u);
}

// ---- Fencing numbers.

TEST(Engine, StartsFencingNumbersFromItsBootTimeSoThatTheyNeverGoBack) {
  wire::Started earlier, later;
  earlier.set_boot_ms(1'700'000'000'000);
  later.set_boot_ms(1'700'000'000'001);
  Engine before(catalog(), {}, earlier);
  Engine after(catalog(), {}, later);
  uint64_t last = 0;
  for (int i = 0; i < 1'000'000; ++i) last = before.next_fencing_number();
  EXPECT_GT(after.next_fencing_number(), last);
}

TEST_F(EngineTest, GrowsFencingNumbersOverAllLocks) {
  const ObjectId one = stage.create(a_lock());
  const ObjectId two = stage.create(an_rlock());
  const uint64_t first = alice.acquire(one).fencing();
  const uint64_t second = alice.acquire(two).fencing();
  EXPECT_GT(second, first);
  alice.release(one);
  EXPECT_GT(bob.acquire(one).fencing(), second);
}

// ---- The drain.

TEST_F(EngineTest, TellsEverySessionOfADrainAndLetsItFinish) {
  const Pending waiting = alice.get(queue);
  stage.start_drain(5s);
  for (const Actor& actor : {alice, bob}) {
    const std::vector<wire::Notice> notices = stage.notices(actor.session());
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_EQ(notices[0].drain().deadline_us(), 5'000'000u);
  }
  EXPECT_THAT(bob.get(queue), Refused(wire::DRAINING));
  EXPECT_THAT(bob.put(queue, "the last"), Done());
  EXPECT_THAT(waiting, Answered("the last"));
}

TEST_F(EngineTest, OpensNoSessionDuringADrain) {
  stage.start_drain(5s);
  EXPECT_EQ(stage.try_actor({}).status().code(), absl::StatusCode::kUnavailable);
}

// ---- Effects.

TEST_F(EngineTest, NamesTheSessionsThatGotOutputOnceAndInOrder) {
  wire::Started started;
  Engine engine(catalog(), {}, started);
  wire::SessionOpened opened;
  opened.set_role(static_cast<uint32_t>(Role::kAdmin));
  ASSERT_TRUE(engine.open_session(opened, Time()).ok());
  ASSERT_TRUE(engine.open_session(opened, Time()).ok());
  const auto ping = [&engine](SessionNumber session, uint64_t id) {
    wire::ClientBatch batch;
    batch.add_requests()->set_id(id);
    batch.mutable_requests(0)->mutable_registry()->mutable_ping();
    engine.receive(session, batch, Time());
  };
  ping(2, 1);
  ping(1, 1);
  ping(2, 2);
  EXPECT_THAT(engine.take_touched(), ElementsAre(1, 2));
  EXPECT_THAT(engine.take_touched(), IsEmpty());
}

TEST_F(EngineTest, CountsWhatItHas) {
  alice.put(queue, "a");
  const Pending waiting = bob.get(stage.create(a_queue()));
  const wire::Statistics statistics = stage.engine().statistics();
  EXPECT_EQ(statistics.objects(), 2u);
  EXPECT_EQ(statistics.sessions(), 3u);
  EXPECT_EQ(statistics.parked(), 1u);
  EXPECT_GT(statistics.bytes(), 0u);
  EXPECT_EQ(statistics.bytes_limit(), uint64_t{1} << 30);
  stage.advance(3s);
  alice.ping();
  EXPECT_EQ(stage.engine().statistics().operations(), statistics.operations() + 1);
  EXPECT_EQ(stage.engine().statistics().uptime_us(), statistics.uptime_us() + 3'000'000);
  EXPECT_THAT(waiting, Parked());
}

}  // namespace
}  // namespace syncmanager::manager

// The role of a key and the operations that it allows: refused means that nothing happened, in the
// middle of a batch too.

#include "manager/core/permissions.h"

#include <set>
#include <string>

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class PermissionTest : public StageTest {
 protected:
  PermissionTest() { owner.put(queue, "a"); }

  ObjectId queue = stage.create(a_queue());
  ObjectId lock = stage.create(a_lock());
  Actor owner = stage.actor();
  Actor reader = stage.actor({.role = Role::kReadOnly});
  Actor producer = stage.actor({.role = Role::kProduce});
  Actor consumer = stage.actor({.role = Role::kConsume});
};

TEST_F(PermissionTest, AReadOnlyKeyReadsAndChangesNothing) {
  const char* reason = "this key is read-only";
  EXPECT_THAT(reader.size(queue), Answered(1));
  EXPECT_THAT(reader.locked(lock), Answered(false));
  EXPECT_THAT(reader.get(queue), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(reader.put(queue, "b"), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(reader.acquire(lock), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(reader.release(lock), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(reader.open(named("jobs", a_queue())), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(reader.remove(queue), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(owner.size(queue), Answered(1));
}

TEST_F(PermissionTest, AReadOnlyKeyOpensWhatExistsAndAsksAboutIt) {
  owner.open(named("jobs", a_queue()));
  EXPECT_THAT(reader.find("jobs"), Opened(false));
  EXPECT_THAT(reader.inspect("jobs"), Served());
  EXPECT_THAT(reader.list(), Served());
  EXPECT_THAT(reader.ping(), Done());
}

TEST_F(PermissionTest, AReadOnlyKeyWaitsForNothingThatIsTakenOrPassed) {
  const ObjectId all[] = {stage.create(an_event()), stage.create(a_barrier(2)),
                          stage.create(a_condition()), stage.create(a_latch(1))};
  for (const ObjectId object : all) {
    EXPECT_THAT(reader.wait(object), Refused(wire::PERMISSION_DENIED));
  }
  EXPECT_THAT(reader.acquire(stage.create(a_semaphore(1))), Refused(wire::PERMISSION_DENIED));
  EXPECT_THAT(reader.acquire_read(stage.create(an_rwlock())), Refused(wire::PERMISSION_DENIED));
}

TEST_F(PermissionTest, AProducerPutsAndTakesNothing) {
  const char* reason = "this key is for putting into queues and pools only";
  EXPECT_THAT(producer.put(queue, "b"), Done());
  EXPECT_THAT(producer.open(named("jobs", a_queue())), Opened(true));
  EXPECT_THAT(producer.get(queue), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(producer.task_done(queue), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(producer.ack(queue, 1), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(producer.nack(queue, 1), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(producer.put_back(queue, encoded("b")), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(producer.shut_down(queue), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(producer.acquire(lock), Refused(wire::PERMISSION_DENIED, reason));
}

TEST_F(PermissionTest, AConsumerTakesAndGivesBackAndPutsNothing) {
  const char* reason = "this key is for taking from queues and pools only";
  EXPECT_THAT(consumer.get(queue), Answered("a"));
  EXPECT_THAT(consumer.put_back(queue, encoded("a")), Done());
  EXPECT_THAT(consumer.get(queue), Answered("a"));
  EXPECT_THAT(consumer.task_done(queue), Done());
  EXPECT_THAT(consumer.put(queue, "b"), Refused(wire::PERMISSION_DENIED, reason));
  EXPECT_THAT(consumer.remove(queue), Refused(wire::PERMISSION_DENIED, reason));
}

// Every operation that the wire has and that role may perform: "queue.put".
std::set<std::string> allowed(Role role) {
  std::set<std::string> names;
  const google::protobuf::OneofDescriptor& types =
      *wire::Request::descriptor()->FindOneofByName("op");
  for (int i = 0; i < types.field_count(); ++i) {
    const google::protobuf::OneofDescriptor& methods =
        *types.field(i)->message_type()->FindOneofByName("method");
    for (int j = 0; j < methods.field_count(); ++j) {
      wire::Request request;
      google::protobuf::Message& op =
          *request.GetReflection()->MutableMessage(&request, types.field(i));
      op.GetReflection()->MutableMessage(&op, methods.field(j));
      if (may_perform(role, request, catalog())) {
        names.insert(types.field(i)->name() + "." + methods.field(j)->name());
      }
    }
  }
  return names;
}

// A new operation is a write until somebody adds it here.
const std::set<std::string> kReads = {
    "array.get",          "array.length",     "array.read_slice",    "array.typecode",
    "barrier.inspect",    "condition.locked", "counter.get",         "dict.contains",
    "dict.get",           "dict.length",      "dict.read_page",      "event.is_set",
    "latch.count",        "list.contains",    "list.count",          "list.get",
    "list.index",         "list.length",      "list.read_slice",     "lock.locked",
    "namespace.contains", "namespace.get",    "namespace.read_page", "pool.begun",
    "pool.state",         "queue.full",       "queue.join",          "queue.size",
    "registry.adopt",     "registry.forget",  "registry.inspect",    "registry.list",
    "registry.ping",      "registry.send",    "registry.stats",      "rwlock.locked",
    "semaphore.value",    "set.contains",     "set.length",          "set.read_page",
    "value.get"};

std::set<std::string> reads_and(std::set<std::string> more) {
  more.insert(kReads.begin(), kReads.end());
  return more;
}

TEST(Permissions, OfARoleAreTheseOperationsAndNoOther) {
  EXPECT_EQ(allowed(Role::kReadOnly), kReads);
  EXPECT_EQ(allowed(Role::kProduce), reads_and({"registry.open", "queue.put", "pool.submit",
                                                "pool.collect", "pool.cancel"}));
  EXPECT_EQ(allowed(Role::kConsume),
            reads_and({"registry.open", "queue.get", "queue.task_done", "queue.ack", "queue.nack",
                       "queue.put_back", "queue.waiting", "pool.take", "pool.finish",
                       "pool.progress", "pool.give_back", "pool.leave"}));
  EXPECT_EQ(allowed(Role::kReadWrite), allowed(Role::kAdmin));
  EXPECT_GT(allowed(Role::kAdmin).size(), kReads.size() * 2);
}

TEST_F(PermissionTest, ARoleThatNobodyKnowsMayDoNothing) {
  wire::Request ping;
  ping.mutable_registry()->mutable_ping();
  EXPECT_FALSE(may_perform(static_cast<Role>(0), ping, catalog()));
  EXPECT_FALSE(may_perform(static_cast<Role>(99), ping, catalog()));
}

TEST_F(PermissionTest, ARefusalInABatchTouchesNothingAndStopsNobody) {
  reader.size(queue);
  wire::ClientBatch batch;
  for (uint64_t id = 10; id < 13; ++id) {
    wire::Request& request = *batch.add_requests();
    request.set_id(id);
    request.set_object(queue);
    request.mutable_queue();
  }
  batch.mutable_requests(0)->mutable_queue()->mutable_size();
  batch.mutable_requests(1)->mutable_queue()->mutable_get();
  batch.mutable_requests(2)->mutable_queue()->mutable_size();
  reader.send(batch);
  EXPECT_THAT(Pending(stage, reader.session(), 11), Refused(wire::PERMISSION_DENIED));
  EXPECT_THAT(Pending(stage, reader.session(), 12), Answered(1));
}

}  // namespace
}  // namespace syncmanager::manager

// One message of a client that has just got in, from its bytes to what the Engine makes of it. The
// first byte is the role of its key, the rest a ClientMessage. The session knows an object of each
// type: their ids count from 1 as the catalog does, with a Condition's lock behind it.
#include <limits>
#include <set>

#include "manager/objects/catalog.h"
#include "protos/session.pb.h"
#include "tests/fuzz/expectations.h"
#include "tests/support/accounting.h"
#include "tests/support/random_workload.h"
#include "tests/support/started.h"

namespace syncmanager::manager {
namespace {

constexpr Time kStart = Time(1s);

SessionNumber open_session(Engine& engine, Role role) {
  wire::SessionOpened opened;
  opened.set_session_id("session");
  opened.set_key_id("key");
  opened.set_role(static_cast<uint32_t>(role));
  return engine.open_session(opened, kStart).value();
}

// Opens one of each type under the type's name.
wire::ClientBatch openings() {
  wire::ClientBatch batch;
  for (const TypeRow& row : catalog()) {
    wire::Request& request = *batch.add_requests();
    request.set_id(static_cast<uint64_t>(batch.requests_size()));
    OpenOptions& open = *request.mutable_registry()->mutable_open();
    open.set_name(row.name);
    open.GetReflection()->MutableMessage(
        &open, open.GetDescriptor()->FindFieldByNumber(static_cast<int>(row.options)));
    if (open.has_array()) open.mutable_array()->set_typecode("i");
    if (open.has_array()) open.mutable_array()->set_zeros(3);
    if (open.has_barrier()) open.mutable_barrier()->set_parties(2);
    if (open.has_value()) open.mutable_value()->set_initial(encoded(1));
  }
  return batch;
}

// Requires that each request after `before` is parked or was answered once.
void check_answers(const Session& session, uint64_t before, std::set<uint64_t> asked) {
  std::string frame;
  Sent sent;
  session.collect(sent, std::numeric_limits<uint64_t>::max(), std::numeric_limits<size_t>::max(),
                  frame);
  wire::ServerBatch answered;
  require(answered.ParseFromString(frame), "the output is a batch");
  for (const wire::Reply& reply : answered.replies()) {
    if (reply.id() > before) require(asked.erase(reply.id()) == 1, "one answer to each request");
  }
  require(asked.size() == session.parked().size(), "who isn't answered is parked");
  for (const auto& [id, waiter] : session.parked()) require(asked.contains(id), "who is parked");
}

void send(wire::ClientBatch& batch, Role role) {
  static const wire::ClientBatch kOpenings = openings();
  static const wire::Started kStarted = started(1);
  Engine engine(catalog(), kTiny, kStarted);
  const SessionNumber maker = open_session(engine, Role::kReadWrite);
  const SessionNumber session = open_session(engine, role);
  for (const SessionNumber each : {maker, session}) {
    wire::ClientBatch moved = kOpenings;
    if (each == session) {
      for (wire::Request& request : *moved.mutable_requests()) {
        request.mutable_registry()->mutable_open()->set_must_exist(true);
      }
    }
    engine.receive(each, moved, kStart);
    require(engine.session(each)->handles().size() == catalog().size(), "one of each type");
  }

  const uint64_t before = engine.session(session)->highest_request();
  std::set<uint64_t> asked;
  uint64_t highest = before;
  const auto ask = [&](uint64_t id) {
    if (id > highest) asked.insert(highest = id);
  };
  for (const wire::Request& request : batch.requests()) ask(request.id());
  if (batch.has_part() && batch.part().left() == 0) ask(batch.part().request());
  batch.set_acknowledged(0);  // So that all answers can be looked at.
  engine.receive(session, batch, kStart);
  require(accounting_errors(engine, {maker, session}).empty(), "the accounting is right");
  check_answers(*engine.session(session), before, asked);

  engine.tick(kStart + std::chrono::hours(1));
  require(accounting_errors(engine, {maker, session}).empty(), "the accounting is right");
  check_answers(*engine.session(session), before, asked);
  engine.end_session(session, false, engine.now());
  engine.end_session(maker, false, engine.now());
  require(engine.parked() == 0, "nobody is left");
  require(accounting_errors(engine, {}).empty(), "the accounting is right");
}

}  // namespace
}  // namespace syncmanager::manager

namespace syncmanager {

void fuzz(std::string_view input) {
  using namespace manager;
  if (input.empty()) return;
  const auto role = static_cast<Role>(1 + static_cast<uint8_t>(input[0]) % 5);
  wire::ClientMessage message;
  if (!message.ParseFromArray(input.data() + 1, static_cast<int>(input.size() - 1))) return;
  wire::ClientBatch batch;
  if (!batch.ParseFromString(message.frame().body())) return;
  send(batch, role);
  require_expectations();
}

}  // namespace syncmanager

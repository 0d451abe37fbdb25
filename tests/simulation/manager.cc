#include "tests/simulation/manager.h"

#include <algorithm>
#include <utility>

#include "tests/simulation/violation.h"
#include "tests/support/started.h"

namespace syncmanager::manager::simulation {
namespace {

// An object may hold all there is: so what a queue takes for dead letters always has room.
constexpr Limits kSoonMet = {.value_bytes = 150,
                             .objects = 24,
                             .anonymous_per_session = 3,
                             .object_bytes = 6'000,
                             .total_bytes = 6'000,
                             .sessions = 7,
                             .parked_per_session = 4,
                             .parked_total = 12,
                             .unacknowledged_bytes = 400,
                             .readers = 3};

Time whole_milliseconds(Time time) {
  return Time(std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()));
}

}  // namespace

Manager::Manager(const Program& program, const Flaw& flaw, Figures& figures)
    : flaw_(flaw),
      answer_bytes_(program.answer_bytes),
      figures_(figures),
      engine_(flaw.types, kSoonMet, started()) {
  const std::vector<size_t>& kinds = program.kinds;
  wire::SessionOpened opened;
  opened.set_key_id("keeper");
  opened.set_role(static_cast<uint32_t>(Role::kAdmin));
  keeper_ = *engine_.open_session(opened, now_);
  for (const size_t kind : kinds) {
    slots_.push_back({.kind = &simulation::kinds()[kind], .partner = slots_.size()});
    const auto partner = std::find(kinds.begin(), kinds.end(), slots_.back().kind->partner);
    if (partner != kinds.end())
      slots_.back().partner = static_cast<size_t>(partner - kinds.begin());
    create(slots_.back());
  }
}

// ---- Objects.

void Manager::replace(size_t slot) {
  if (slots_[slot].object != 0) remove(slots_[slot]);
  create(slots_[slot]);
}

void Manager::create(Slot& slot) {
  const Slot& partner = slots_[slot.partner];
  if (&partner != &slot && partner.object == 0) return;
  wire::Request request;
  OpenOptions& options = *request.mutable_registry()->mutable_open();
  options = slot.kind->options;
  if (&partner != &slot && slot.kind->op == wire::Request::kCondition) {
    options.mutable_condition()->set_lock(partner.object);
  } else if (&partner != &slot) {
    options.mutable_queue()->set_dead_letters(partner.object);
  }
  options.set_name(slot.kind->name);
  if (flaw_.on_open) flaw_.on_open(options);
  const wire::Reply reply = ask_as_keeper(std::move(request));
  require(reply.outcome() == wire::OK || reply.outcome() == wire::RESOURCE_EXHAUSTED,
          "an object isn't made: ", reply.message());
  if (reply.outcome() != wire::OK) return;
  ++figures_.objects;
  slot.object = reply.opened().object();
  slot.model = make_model(*slot.kind, &partner != &slot ? partner.model : nullptr);
  touch_all();
  look();
}

void Manager::remove(Slot& slot) {
  wire::Request request;
  request.mutable_registry()->mutable_delete_()->set_object(slot.object);
  slot.object = 0;
  slot.model.reset();
  require(ask_as_keeper(std::move(request)).outcome() == wire::OK, "an object isn't deleted");
  touch_all();
  look();
}

wire::Reply Manager::ask_as_keeper(wire::Request request) {
  request.set_id(++asked_by_keeper_);
  wire::ClientBatch batch;
  const Session& keeper = *engine_.session(keeper_);
  const uint64_t told = keeper.emitted();
  batch.set_acknowledged(told);
  *batch.add_requests() = std::move(request);
  engine_.receive(keeper_, batch, now_);
  const wire::ServerBatch& output = output_after(keeper_, told);
  require(output.replies_size() == 1, "no answer");
  return output.replies(0);
}

// ---- Inputs.

std::unique_ptr<Client> Manager::open_session() {
  wire::SessionOpened opened;
  opened.set_key_id("client");
  opened.set_role(static_cast<uint32_t>(Role::kReadWrite));
  const absl::StatusOr<SessionNumber> session = engine_.open_session(opened, now_);
  if (!session.ok()) return nullptr;
  ++figures_.sessions;
  auto client = std::make_unique<Client>(*session);
  clients_.emplace(*session, client.get());
  return client;
}

void Manager::receive(Client& client, const ClientFrame& frame) {
  for (const Asked& asked : frame.requests) {
    begin_batch(frame.acknowledged);
    write(asked, *batch_.add_requests());
    perform(client, asked);
  }
  if (frame.part) {
    begin_batch(frame.acknowledged);
    receive(client, *frame.part);
  }
  for (const uint64_t cancel : frame.cancels) {
    const OpenCall* call = client.find(cancel);
    if (call != nullptr && call->asked.op != wire::Request::kRegistry) {
      touch(slots_[call->asked.slot]);
    }
    batch_.Clear();
    batch_.add_cancels(cancel);
    give(client);
  }
  begin_batch(frame.acknowledged);
  if (frame.requests.empty()) give(client);
}

void Manager::begin_batch(uint64_t acknowledged) {
  batch_.Clear();
  batch_.set_acknowledged(acknowledged);
}

void Manager::receive(Client& client, const SentPart& sent) {
  ++figures_.parts;
  const bool begins = !engine_.session(client.session())->partial().is_open();
  wire::Part& part = *batch_.mutable_part();
  // Something comes before a first part only where a flaw kept it.
  part.set_bytes(begins ? client.half + sent.bytes : sent.bytes);
  part.set_left(sent.left);
  client.half = sent.left > 0 ? client.half + sent.bytes : std::string();
  if (sent.left == 0) {
    part.set_request(sent.asked.id);
    return perform(client, sent.asked);
  }
  touch(slots_[sent.asked.slot]);
  give(client);
}

void Manager::perform(Client& client, const Asked& asked) {
  const bool repeated = asked.id <= client.highest;
  ++(repeated ? figures_.repeated : figures_.requests);
  if (asked.op != wire::Request::kRegistry) touch(slots_[asked.slot]);
  if (repeated && flaw_.performs_again && flaw_.performs_again(asked)) {
    wire::Request again;
    write(asked, again);
    again.set_timeout_us(0);
    ask_as_keeper(std::move(again));
  }
  if (repeated) return give(client);
  client.highest = asked.id;
  client.find(asked.id)->reached = true;
  ++unanswered_;
  give(client);
  OpenCall& call = *client.find(asked.id);
  if (call.answer) return;
  const auto& parked = engine_.session(client.session())->parked();
  const auto waiter = parked.find(asked.id);
  require(waiter != parked.end(), "request ", asked.id, " is neither answered nor parked");
  call.place = waiter->second->number;
  ++figures_.parked;
}

void Manager::give(Client& client) {
  engine_.receive(client.session(), batch_, now_);
  look();
}

// Its death, if it comes to that, has a moment of its own: not that of any deadline.
void Manager::lose(Client& client, Duration patience) {
  client.dies_at = now_ + patience + Duration(1 + losses_++ % 900);
  engine_.lose_session(client.session(), client.dies_at - now_, now_);
  forget_half(client);
}

void Manager::resume(Client& client) {
  const SessionNumber number = client.session();
  const Session& session = *engine_.session(number);
  const uint64_t acknowledged = session.acknowledged();
  require(!engine_.resume_session(number, session.emitted() + 1, now_) &&
              (acknowledged == 0 || !engine_.resume_session(number, acknowledged - 1, now_)),
          "resumed with a number of replies that can't be");
  require(engine_.resume_session(number, client.received(), now_), "session ", number,
          " isn't resumed");
  ++figures_.resumed;
  forget_half(client);
  client.dies_at = kNever;
  client.reconnect();
  const bool goes_on = flaw_.goes_on_in_an_answer && client.sent.outputs == client.received();
  if (!goes_on) client.sent = {.outputs = client.received()};
  if (flaw_.loses_a_reply && client.received() < session.emitted()) ++client.sent.outputs;
  send(client);
}

void Manager::forget_half(Client& client) {
  if (client.half.empty()) return;
  ++figures_.cut_short;
  if (!flaw_.keeps_halves) client.half.clear();
  check_accounting();
}

void Manager::end(Client& client, bool goodbye) {
  bool as_told = goodbye;
  if (flaw_.on_end) flaw_.on_end(as_told);
  engine_.end_session(client.session(), as_told, now_);
  bury(client, goodbye);
  look();
}

// The inputs before a death get a tick of their own, so that a death is seen alone.
std::vector<const Client*> Manager::pass(Duration duration) {
  const Time until = now_ + duration;
  std::vector<const Client*> dead;
  while (true) {
    Client* next = nullptr;
    for (const auto& [session, client] : clients_) {
      if (next == nullptr || client->dies_at < next->dies_at) next = client;
    }
    if (next == nullptr || next->dies_at > until) break;
    tick(whole_milliseconds(next->dies_at));
    bury(*next, false);
    tick(next->dies_at);
    dead.push_back(next);
  }
  tick(until);
  return dead;
}

void Manager::tick(Time to) {
  now_ = std::max(now_, to);
  engine_.tick(now_);
  touch_all();
  look();
}

// The client's session has ended, or does so with the next tick.
void Manager::bury(Client& client, bool goodbye) {
  if (!goodbye) ++figures_.died;
  for (const OpenCall& call : client.open()) {
    if (call.reached && !call.answer) --unanswered_;
  }
  clients_.erase(client.session());
  for (Slot& slot : slots_) {
    if (slot.model) slot.model->ended(client.session(), goodbye);
  }
  touch_all();
}

void Manager::start_drain() {
  engine_.start_drain(std::chrono::seconds(1), now_);
  touch_all();
  look();
}

void Manager::end_drain() {
  engine_.end_drain(now_);
  touch_all();
  look();
  require(engine_.parked() == 0, engine_.parked(), " calls are parked after a drain");
}

void Manager::finish() {
  check_accounting();
  for (size_t i = slots_.size(); i-- > 0;) {
    if (slots_[i].object != 0) remove(slots_[i]);
  }
  engine_.end_session(keeper_, true, now_);
  const wire::Statistics left = engine_.statistics();
  require(left.objects() == 0 && left.sessions() == 0 && left.parked() == 0 && left.bytes() == 0,
          left.objects(), " objects, ", left.sessions(), " sessions, ", left.parked(),
          " calls and ", left.bytes(), " bytes are left");
}

}  // namespace syncmanager::manager::simulation

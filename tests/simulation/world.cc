#include "tests/simulation/world.h"

#include <algorithm>
#include <utility>

#include "tests/simulation/violation.h"

namespace syncmanager::manager::simulation {
namespace {

using Act = Step::Act;

constexpr size_t kMaxOpenCalls = 8;

}  // namespace

World::World(const Program& program, const Flaw& flaw, Figures& figures)
    : program_(program),
      figures_(figures),
      manager_(program, flaw, figures),
      seats_(program.clients) {}

// ---- Steps.

bool World::perform(Step& step) {
  switch (step.act) {
    case Act::kAsk:
      return ask(step);
    case Act::kForget:
      return ask_registry(step, Verb::kForget);
    case Act::kMake:
      return ask_registry(step, Verb::kMake);
    case Act::kTime:
      return pass(step.milliseconds), true;
    case Act::kReplace:
      return manager_.replace(step.slot % program_.kinds.size()), true;
    default:
      break;
  }
  Seat* seat = seat_that_can(step);
  if (seat != nullptr) let(*seat, step);
  return seat != nullptr;
}

bool World::can(const Client& client, Act act) {
  switch (act) {
    case Act::kCancel:
      return !client.paused && client.calls() > 0;
    case Act::kAcknowledge:
      return !client.paused && client.connected();
    case Act::kSendPart:
      return !client.paused && client.connected() && client.has_parts();
    case Act::kDeliver:
      return !client.outgoing.empty();
    case Act::kDuplicate:
      return client.highest > 0;
    case Act::kReceive:
      return !client.paused && !client.incoming.empty();
    case Act::kDisconnect:
    case Act::kHalfOpen:
    case Act::kLeave:
      return client.connected();
    case Act::kResume:
      return !client.paused && !client.connected();
    case Act::kGoOn:
      return client.paused;
    default:
      return true;
  }
}

World::Seat* World::seat_that_can(Step& step) {
  for (size_t i = 0; i < seats_.size(); ++i) {
    const size_t number = (step.client + i) % seats_.size();
    Seat& seat = seats_[number];
    if (!seat || !can(*seat, step.act)) continue;
    step.client = static_cast<uint8_t>(number);
    return &seat;
  }
  return nullptr;
}

void World::let(Seat& seat, const Step& step) {
  switch (step.act) {
    case Act::kCancel:
      seat->cancel(step.number);
      if (seat->connected()) seat->send();
      return;
    case Act::kAcknowledge:
      return seat->send();
    case Act::kSendPart:
      return seat->send_part();
    case Act::kDeliver:
      return deliver(*seat);
    case Act::kDuplicate:
      return manager_.receive(*seat, seat->last_delivered);
    case Act::kReceive:
      return receive(*seat);
    case Act::kDisconnect:
      return lose(*seat, step.milliseconds);
    case Act::kHalfOpen:
      ++figures_.disconnected;
      return seat->disconnect();
    case Act::kResume:
      return manager_.resume(*seat);
    case Act::kPause:
      seat->paused = true;
      return;
    case Act::kGoOn:
      seat->paused = false;
      return;
    case Act::kLeave:
      return end(seat, true);
    case Act::kKill:
      return end(seat, false);
    case Act::kVanish:
      lose(*seat, step.milliseconds);
      return vanished_.push_back(std::move(seat));
    default:
      return;
  }
}

Client* World::join(Seat& seat) {
  if (!seat) seat = manager_.open_session();
  return seat && !seat->paused ? seat.get() : nullptr;
}

bool World::ask(const Step& step) {
  Client* client = join(seats_[step.client % seats_.size()]);
  const size_t slot = step.slot % program_.kinds.size();
  const ObjectId object = manager_.object(slot);
  if (client == nullptr || object == 0 || client->calls() >= kMaxOpenCalls) return false;
  if (!client->knows(object)) {
    client->ask({.verb = Verb::kAdopt, .object = object});
    client->learn(object);
  }
  client->ask(call_of(*client, step, slot));
  if (client->connected() && !step.more) client->send();
  return true;
}

Asked World::call_of(Client& client, const Step& step, size_t slot) {
  const Kind& kind = kinds()[program_.kinds[slot]];
  Asked asked{.op = kind.op,
              .verb = kind.verbs[step.verb % kind.verbs.size()],
              .slot = slot,
              .object = manager_.object(slot),
              .caller = {.thread = step.caller},
              .number = step.number,
              .bytes = step.bytes,
              .part_bytes = step.part_bytes};
  if (!step.waits) asked.timeout_us = uint64_t{1'000} * step.milliseconds;
  if (asked.verb == Verb::kPut) asked.number = ++items_;
  if (asked.verb == Verb::kReleaseGrant) asked.number = client.grant_of(asked.object);
  if (asked.verb == Verb::kRelease && kind.op == wire::Request::kLock) asked.number = 0;
  if (asked.verb == Verb::kAck || asked.verb == Verb::kNack) {
    const uint64_t delivery = client.take_delivery(asked.object, step.number);
    if (delivery != 0) asked.number = delivery;
  }
  return asked;
}

bool World::ask_registry(const Step& step, Verb verb) {
  Client* client = join(seats_[step.client % seats_.size()]);
  const ObjectId object = manager_.object(step.slot % program_.kinds.size());
  if (client == nullptr || client->calls() >= kMaxOpenCalls) return false;
  if (verb == Verb::kForget && !client->knows(object)) return false;
  if (verb == Verb::kForget) client->unlearn(object);
  client->ask({.verb = verb, .object = object});
  if (client->connected()) client->send();
  return true;
}

void World::deliver(Client& client) {
  client.last_delivered = std::move(client.outgoing.front());
  client.outgoing.pop_front();
  manager_.receive(client, client.last_delivered);
  client.last_delivered.part.reset();  // Over one connection it comes once.
}

void World::receive(Client& client) {
  client.receive();
  manager_.send(client);
}

void World::lose(Client& client, uint64_t milliseconds) {
  ++figures_.disconnected;
  client.disconnect();
  if (client.dies_at == kNever) manager_.lose(client, std::chrono::milliseconds(milliseconds));
}

void World::end(Seat& seat, bool goodbye) {
  while (goodbye && !seat->outgoing.empty()) deliver(*seat);
  manager_.end(*seat, goodbye);
  seat.reset();
}

void World::pass(uint64_t milliseconds) {
  const std::vector<const Client*> dead = manager_.pass(std::chrono::milliseconds(milliseconds));
  const auto is_dead = [&](const Seat& seat) {
    return std::find(dead.begin(), dead.end(), seat.get()) != dead.end();
  };
  for (Seat& seat : seats_) {
    if (is_dead(seat)) seat.reset();
  }
  std::erase_if(vanished_, is_dead);
}

// ---- The end.

void World::exchange_all() {
  for (Seat& seat : seats_) {
    if (!seat) continue;
    if (!seat->connected()) manager_.resume(*seat);
    seat->send();
    while (seat->has_parts()) seat->send_part();
    while (!seat->outgoing.empty()) deliver(*seat);
  }
  for (Seat& seat : seats_) {
    while (seat && !seat->incoming.empty()) receive(*seat);
  }
}

// New requests are answered at once, and so are all waiters.
void World::drain() {
  manager_.start_drain();
  for (size_t i = 0; i < seats_.size(); ++i) {
    ask({.act = Act::kAsk, .client = static_cast<uint8_t>(i), .waits = true});
  }
  exchange_all();
  manager_.end_drain();
}

// All that is still open waits for ever.
void World::check_open_calls() const {
  for (const Seat& seat : seats_) {
    for (size_t i = 0; seat && i < seat->open().size(); ++i) {
      const OpenCall& call = seat->open()[i];
      require(call.reached && !call.answer && !program_.drains, "request ", call.asked.id,
              " of session ", seat->session(), " (", name_of(call.asked.verb),
              ") was never answered");
    }
  }
}

void World::finish() {
  for (const Seat& seat : seats_) {
    if (seat) seat->paused = false;
  }
  exchange_all();
  if (program_.drains) drain();
  pass(1'000);
  exchange_all();
  check_open_calls();
  for (size_t i = 0; i < seats_.size(); ++i) {
    if (seats_[i]) end(seats_[i], i % 2 == 0);
  }
  manager_.finish();
}

}  // namespace syncmanager::manager::simulation

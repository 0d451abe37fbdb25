#include "tests/linearizability/core_recorder.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "tests/linearizability/models.h"
#include "tests/linearizability/program.h"
#include "tests/linearizability/wire_calls.h"

namespace syncmanager::linearizability {
namespace {

constexpr uint64_t kMaxClients = 16;
constexpr uint64_t kMaxObjects = 4;
// The orders to look at grow as the factorial of the calls that overlap.
constexpr uint64_t kMaxOpenOnAnObject = 5;

// A request on its way, or the cancel of one.
struct Parcel {
  wire::Request request;
  uint64_t cancel = 0;  // 0: the request.
};

// A call without an answer so far.
struct OpenCall {
  size_t operation;  // In the history.
  size_t target;
  wire::Request request;
};

struct Client {
  manager::SessionNumber session;
  uint64_t asked = CoreManager::kFirstRequest;
  std::deque<Parcel> outgoing;
  std::deque<wire::Reply> incoming;
  std::map<uint64_t, OpenCall> open;  // By request.
};

class Recorder {
 public:
  Recorder(uint64_t seed, std::optional<ObjectKind> kind, const PlantBug& plant);
  History record();

 private:
  struct Target {
    manager::ObjectId id;
    SharedObject object;
    uint64_t open = 0;  // Calls.
  };

  void create(ObjectKind kind, uint32_t number);
  void join() { clients_.push_back({.session = manager_.open_session()}); }
  void step();
  void ask(Client& client);
  // A thread does one thing at a time.
  uint32_t free_caller(const Client& client) const;
  bool holds(const Client& client, const Operation& call) const {
    return holder_ == &client && held_by_ == call.caller;
  }
  void note_holder(Client& client, const Operation& returned);
  void cancel(Client& client);
  void deliver(Client& client, uint64_t parcels);
  void receive(Client& client, uint64_t replies);
  void break_connection(Client& client);
  void end(Client& client);
  void finish();

  SeededDice dice_;
  CoreManager manager_;
  std::vector<Target> targets_;
  std::vector<Client> clients_;
  // Who was granted something last, as far as it knows, and by which caller; null: nobody holds it.
  Client* holder_ = nullptr;
  uint32_t held_by_ = 0;
  uint64_t operations_, calls_at_once_;
  uint64_t clock_ = 0;
  int64_t unique_ = 0;
  History history_;
};

Recorder::Recorder(uint64_t seed, std::optional<ObjectKind> kind, const PlantBug& plant)
    : dice_(seed) {
  if (plant) plant(manager_);
  const uint64_t objects = kind ? 1 : 1 + dice_.below(kMaxObjects);
  for (uint32_t number = 1; number <= objects; ++number) {
    create(kind ? *kind : static_cast<ObjectKind>(dice_.below(kObjectKinds)), number);
  }
  for (uint64_t more = 2 + dice_.below(kMaxClients - 1); more > 0; --more) join();
  calls_at_once_ = 1 + dice_.below(3);
  operations_ = dice_.percent(5) ? 1000 : 50 + dice_.below(200);
}

void Recorder::create(ObjectKind kind, uint32_t number) {
  const std::vector<SharedObject> parts = random_object(dice_, kind, number);
  const manager::ObjectId id = manager_.create(options_of(parts.front()));
  for (const SharedObject& part : parts) targets_.push_back({id, part});
}

History Recorder::record() {
  const uint64_t max_steps = 20 * operations_;
  for (uint64_t i = 0; i < max_steps && history_.size() < operations_; ++i) step();
  finish();
  return std::move(history_);
}

void Recorder::step() {
  // Who holds something has more to ask: a wait, a notify, a release.
  Client& client = holder_ != nullptr && dice_.percent(40) ? *holder_ : dice_.one_of(clients_);
  const uint64_t chance = dice_.below(1000);
  if (chance < 350) {
    ask(client);
  } else if (chance < 630) {
    deliver(client, 1 + dice_.below(4));
  } else if (chance < 910) {
    receive(client, 1 + dice_.below(4));
  } else if (chance < 950) {
    manager_.advance(manager::Duration(dice_.below(20'000)));
  } else if (chance < 983) {
    cancel(client);
  } else if (chance < 995) {
    break_connection(client);
  } else {
    end(client);
  }
}

void Recorder::ask(Client& client) {
  if (client.open.size() >= calls_at_once_) return;
  const size_t index = dice_.below(targets_.size());
  Target& target = targets_[index];
  // The holder may make one more call, because all others may be waiting for the holder.
  if (target.open >= kMaxOpenOnAnObject + (holder_ == &client ? 1 : 0)) return;
  ++target.open;
  Operation call = random_call(dice_, target.object, ++unique_);
  call.client = static_cast<uint32_t>(client.session);
  call.caller = free_caller(client);
  if (needs_hold(call) && !holds(client, call) && dice_.percent(95)) call.verb = Verb::kAcquire;
  if (call.verb == Verb::kWait && holds(client, call)) holder_ = nullptr;
  call.invoked = ++clock_;
  wire::Request request;
  request.set_caller(call.caller);
  request.set_id(++client.asked);
  request.set_object(target.id);
  write_call(call, request);
  // Who waits for others has more patience: it takes several of them to show anything.
  const bool patient = call.verb == Verb::kWait && has_steps(call);
  call.has_timeout = may_wait(call) && dice_.percent(patient ? 40 : 70);
  if (call.has_timeout) {
    request.set_timeout_us(dice_.percent(patient ? 10 : 50) ? 0 : 1 + dice_.below(50'000));
  }
  client.outgoing.push_back({request});
  client.open.emplace(client.asked, OpenCall{history_.size(), index, std::move(request)});
  history_.push_back(call);
}

uint32_t Recorder::free_caller(const Client& client) const {
  uint32_t caller = 0;
  while (std::any_of(client.open.begin(), client.open.end(), [&](const auto& call) {
    return history_[call.second.operation].caller == caller;
  })) {
    ++caller;
  }
  return caller;
}

void Recorder::note_holder(Client& client, const Operation& returned) {
  const Outcome outcome = returned.answer.outcome;
  const bool was_done = outcome == Outcome::kDone;
  const bool of_condition = returned.object.kind == ObjectKind::kCondition;
  const bool came_back =
      of_condition && returned.verb == Verb::kWait && (was_done || outcome == Outcome::kCancelled);
  if (came_back || (was_done && acquires(returned.verb))) {
    holder_ = &client;
    held_by_ = returned.caller;
  }
  if (was_done && returned.verb == Verb::kRelease && holds(client, returned)) holder_ = nullptr;
}

void Recorder::cancel(Client& client) {
  if (client.open.empty()) return;
  const auto call =
      std::next(client.open.begin(), static_cast<std::ptrdiff_t>(dice_.below(client.open.size())));
  client.outgoing.push_back({.request = {}, .cancel = call->first});
}

void Recorder::deliver(Client& client, uint64_t parcels) {
  wire::ClientBatch batch;
  for (; parcels > 0 && !client.outgoing.empty(); --parcels) {
    Parcel& parcel = client.outgoing.front();
    if (parcel.cancel != 0) {
      batch.add_cancels(parcel.cancel);
    } else {
      *batch.add_requests() = std::move(parcel.request);
    }
    client.outgoing.pop_front();
  }
  manager_.receive(client.session, batch);
}

void Recorder::receive(Client& client, uint64_t replies) {
  for (wire::Reply& reply : manager_.replies(client.session)) {
    client.incoming.push_back(std::move(reply));
  }
  for (; replies > 0 && !client.incoming.empty(); --replies) {
    const auto call = client.open.find(client.incoming.front().id());
    if (call != client.open.end()) {
      Operation& operation = history_[call->second.operation];
      operation.answer = answer_of(operation, client.incoming.front());
      operation.returned = ++clock_;
      note_holder(client, operation);
      --targets_[call->second.target].open;
      client.open.erase(call);
    }
    client.incoming.pop_front();
  }
}

// All that was under way is lost; the client resumes and repeats what has no answer. A bug that
// answers requests itself doesn't remember its answers, so with it connections last.
void Recorder::break_connection(Client& client) {
  if (manager_.interference.on_request) return;
  manager_.break_stream(client.session, client.incoming.size());
  client.incoming.clear();
  client.outgoing.clear();
  for (const auto& [id, call] : client.open) client.outgoing.push_back({call.request});
}

void Recorder::end(Client& client) {
  ++clock_;
  for (const auto& [id, call] : client.open) {
    history_[call.operation].returned = clock_;
    --targets_[call.target].open;
  }
  const bool goodbye = dice_.percent(50);
  manager_.end_session(client.session, goodbye);
  ++clock_;
  for (const Target& target : targets_) {
    if (!ends_matter(target.object.kind)) continue;
    history_.push_back({.client = static_cast<uint32_t>(client.session),
                        .object = target.object,
                        .verb = goodbye ? Verb::kLeaves : Verb::kDies,
                        .answer = {Outcome::kDone},
                        .invoked = clock_,
                        .returned = clock_});
  }
  client = {.session = manager_.open_session()};
}

void Recorder::finish() {
  for (Client& client : clients_) deliver(client, client.outgoing.size());
  manager_.advance(std::chrono::hours(1));
  ++clock_;
  for (Client& client : clients_) {
    receive(client, Operation::kNever);
    for (const auto& [id, call] : client.open) {
      history_[call.operation].answer.outcome = Outcome::kWaits;
      history_[call.operation].returned = clock_;
    }
  }
}

}  // namespace

History record_core_history(uint64_t seed, std::optional<ObjectKind> kind, const PlantBug& plant) {
  return Recorder(seed, kind, plant).record();
}

}  // namespace syncmanager::linearizability

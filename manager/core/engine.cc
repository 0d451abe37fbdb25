#include "manager/core/engine.h"

#include <algorithm>
#include <utility>

#include "manager/core/check.h"
#include "manager/core/permissions.h"
#include "manager/core/registry_calls.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

Duration duration_of(uint64_t microseconds) {
  return Duration(static_cast<Duration::rep>(microseconds));
}

uint64_t microseconds_of(Time time) {
  return static_cast<uint64_t>(time.time_since_epoch().count());
}

// The cost of a parked call beside its encoded request: its places, and the decoded messages.
constexpr uint64_t kWaiterBytes = sizeof(Waiter) + 256;

uint64_t cost_of(const Call& call) { return call.request().ByteSizeLong() + kWaiterBytes; }

}  // namespace

// Fencing numbers start from the boot time, so that they don't go back when a manager that kept no
// journal starts again.
Engine::Engine(std::span<const TypeRow> catalog, const Limits& limits, const wire::Started& started)
    : Services(limits, started.hash_key(), started.boot_ms() << 20),
      catalog_(catalog),
      server_id_(started.server_id()),
      version_(started.version()) {}

Engine::~Engine() {
  while (!sessions_.empty()) end_session(sessions_.begin()->first, false, now_);
  while (!registry_.objects().empty()) delete_object(*registry_.objects().begin()->second);
}

// ---- Inputs.

void Engine::begin_input(Time now) {
  ++lsn_;
  now_ = std::max(now_, now);
}

void Engine::finish_input() {
  delete_unreferenced();
#ifndef NDEBUG
  check_objects();
#endif
}

void Engine::check_objects() const {
  constexpr size_t kMaxChecked = 100;  // So that an input stays cheap where there are many.
  size_t checked = 0;
  for (const auto& [id, object] : registry_.objects()) {
    if (++checked > kMaxChecked) return;
    object->check_invariants();
  }
}

absl::StatusOr<SessionNumber> Engine::open_session(wire::SessionOpened& opened, Time now) {
  if (draining_) return absl::UnavailableError("the manager is ending");
  if (sessions_.size() >= limits_.sessions) {
    return absl::ResourceExhaustedError(
        str_cat("the manager has its limit of ", limits_.sessions, " sessions"));
  }
  if (sessions_of_key_[opened.key_id()] >= limits_.sessions_per_key) {
    return absl::ResourceExhaustedError(
        str_cat("this key has its limit of ", limits_.sessions_per_key, " sessions"));
  }
  begin_input(now);
  opened.set_session(++last_session_);
  ++sessions_of_key_[opened.key_id()];
  sessions_.emplace(last_session_, std::make_unique<Session>(*this, opened));
  finish_input();
  return last_session_;
}

void Engine::receive(SessionNumber number, wire::ClientBatch& batch, Time now) {
  begin_input(now);
  Session* session = this->session(number);
  if (session == nullptr) return;
  session->acknowledge(batch.acknowledged());
  for (wire::Request& request : *batch.mutable_requests()) perform(*session, request);
  if (batch.has_part()) take_part(*session, batch.part());
  for (const uint64_t request : batch.cancels()) cancel(*session, request);
  finish_input();
}

void Engine::lose_session(SessionNumber number, Duration patience, Time now) {
  begin_input(now);
  Session* session = this->session(number);
  if (session == nullptr || session->dies_at() != kNever) return;
  drop_part(*session);
  session->set_dies_at(now_ + patience);
  lost_.emplace(session->dies_at(), number);
}

bool Engine::resume_session(SessionNumber number, uint64_t received, Time now) {
  Session* session = this->session(number);
  if (session == nullptr || received < session->acknowledged() || received > session->emitted()) {
    return false;
  }
  begin_input(now);
  drop_part(*session);
  lost_.erase({session->dies_at(), number});
  session->set_dies_at(kNever);
  session->acknowledge(received);
  return true;
}

void Engine::end_session(SessionNumber number, bool goodbye, Time now) {
  begin_input(now);
  finish_session(number, goodbye);
  finish_input();
}

void Engine::finish_session(SessionNumber number, bool goodbye) {
  const auto found = sessions_.find(number);
  if (found == sessions_.end()) return;
  // Out of the table first: whatever is given back below can't be given to this session again.
  const std::unique_ptr<Session> session = std::move(found->second);
  sessions_.erase(found);
  lost_.erase({session->dies_at(), number});
  if (--sessions_of_key_[session->key_id()] == 0) sessions_of_key_.erase(session->key_id());

  // All out of their lists before any object hears of it: it may serve others then, and not them.
  std::vector<std::pair<WaitList*, Call>> leaving;
  while (!session->parked().empty()) {
    Waiter& waiter = *session->parked().begin()->second;
    WaitList* list = waiter.list;
    leaving.emplace_back(list, list->remove(waiter));
  }
  for (auto& [list, call] : leaving) {
    list->object().gave_up(*list, std::move(call), GiveUp::kSessionEnded);
  }
  std::vector<ObjectId> ids;
  for (const auto& [id, handle] : session->handles()) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  for (const ObjectId id : ids) session->find(id)->session_ended(number, goodbye);
  for (const ObjectId id : ids) session->let_go(id);
  drop_part(*session);
  session->acknowledge(session->emitted());
}

void Engine::tick(Time now) {
  begin_input(now);
  // Objects first: an item that becomes due now goes to a call whose deadline is now.
  while (!wakes_.empty() && wakes_.begin()->first <= now_) {
    Object& object = *registry_.find(wakes_.begin()->second);
    wake_at(object, kNever);
    object.on_time();
  }
  while (Waiter* waiter = deadlines_.due(now_)) give_up(*waiter, GiveUp::kTimedOut);
  while (!in_flight_expiries_.empty() && in_flight_expiries_.begin()->first <= now_) {
    drop_in_flight(*registry_.find(in_flight_expiries_.begin()->second));
  }
  while (!lost_.empty() && lost_.begin()->first <= now_) {
    finish_session(lost_.begin()->second, false);
  }
  finish_input();
}

void Engine::start_drain(Duration grace, Time now) {
  begin_input(now);
  draining_ = true;
  wire::Notice notice;
  notice.mutable_drain()->set_deadline_us(static_cast<uint64_t>(grace.count()));
  for (const auto& [number, session] : sessions_) notify(*session, notice);
  finish_input();
}

void Engine::end_drain(Time now) {
  begin_input(now);
  draining_ = true;
  for (const auto& [number, session] : sessions_) {
    while (!session->parked().empty()) {
      give_up(*session->parked().begin()->second, GiveUp::kDraining);
    }
  }
  finish_input();
}

void Engine::apply(wire::Input& input) {
  const Time now(duration_of(input.time_us()));
  switch (input.input_case()) {
    case wire::Input::kSessionOpened:
      CHECK(open_session(*input.mutable_session_opened(), now).ok());
      return;
    case wire::Input::kSessionFrame: {
      wire::SessionFrame& frame = *input.mutable_session_frame();
      return receive(frame.session(), *frame.mutable_batch(), now);
    }
    case wire::Input::kSessionEnded:
      return end_session(input.session_ended().session(), input.session_ended().goodbye(), now);
    case wire::Input::kTick:
      return tick(now);
    case wire::Input::kDrainStarted:
      return start_drain(duration_of(input.drain_started().deadline_us()), now);
    case wire::Input::kDrainEnded:
      return end_drain(now);
    case wire::Input::kSessionLost: {
      const wire::SessionLost& lost = input.session_lost();
      return lose_session(lost.session(), duration_of(lost.patience_us()), now);
    }
    case wire::Input::kSessionResumed: {
      const wire::SessionResumed& resumed = input.session_resumed();
      CHECK(resume_session(resumed.session(), resumed.received(), now));
      return;
    }
    case wire::Input::kStarted:  // Given to the constructor.
    case wire::Input::INPUT_NOT_SET:
      break;
  }
  CHECK(false && "an input of this release's semantics");
}

// ---- One request.

void Engine::perform(Session& session, wire::Request& request) {
  if (request.id() == 0) {
    return Call(session, request).refuse(wire::INVALID_ARGUMENT, "a request's id is not 0");
  }
  if (request.id() <= session.highest_request()) return;  // Its answer is on its way, or parked.
  session.saw_request(request.id());
  ++operations_;
  Call call(session, request);
  if (request.has_timeout_us() &&
      request.timeout_us() > static_cast<uint64_t>(limits_.timeout.count())) {
    return call.refuse(wire::INVALID_ARGUMENT,
                       str_cat("a timeout of ", request.timeout_us(), " us is longer than a year (",
                               limits_.timeout.count(), " us); leave it out to wait for ever"));
  }
  // One frame may ask for a thousand pages: they are made only as long as there is room for them.
  if (session.output_bytes() > limits_.unacknowledged_bytes) {
    return call.refuse(wire::RESOURCE_EXHAUSTED,
                       str_cat("this session has more than ", limits_.unacknowledged_bytes,
                               " bytes of answers that it hasn't acknowledged"));
  }
  if (session.large_bytes() > 0 && stored_bytes_ > limits_.total_bytes) {
    return call.refuse(wire::RESOURCE_EXHAUSTED,
                       str_cat("values and unread answers take more than ", limits_.total_bytes,
                               " bytes (--max-total-bytes); read the answers"));
  }
  if (request.shard() != 0) {
    return call.refuse(wire::INVALID_ARGUMENT, "this manager has no shards: shard is 0");
  }
  if (request.has_fence() && !is_current(session, request.fence())) {
    return call.refuse(wire::LOCK_LOST, "the lock isn't held by that grant any more");
  }
  if (!may_perform(session.role(), request, catalog_)) {
    return call.refuse(wire::PERMISSION_DENIED, denial(session.role()));
  }
  if (request.op_case() == wire::Request::kRegistry) {
    return RegistryCalls(*this).perform(std::move(call));
  }
  Object* object = session.find(request.object());
  if (object == nullptr) {
    return call.refuse(wire::NO_SUCH_OBJECT,
                       str_cat("this session has no object ", request.object()));
  }
  if (object->row().op != request.op_case()) {
    return call.refuse(wire::WRONG_TYPE,
                       str_cat("object ", request.object(), " is a ", object->row().name,
                               ", which has no such operation"));
  }
  if (request.version() != 0 && request.version() != object->version()) {
    return call.refuse(wire::CHANGED, str_cat("the ", object->row().name, " has changed"));
  }
  object->perform(std::move(call));
}

void Engine::take_part(Session& session, const wire::Part& part) {
  PartialRequest& partial = session.partial();
  stored_bytes_ -= partial.size();
  if (partial.add(part.bytes(), part.left(), limits_.request_bytes()).ok() &&
      stored_bytes_ + partial.size() > limits_.total_bytes) {
    partial.drop(absl::ResourceExhaustedError(str_cat(
        "the manager would hold more than ", limits_.total_bytes, " bytes (--max-total-bytes)")));
  }
  stored_bytes_ += partial.size();
  if (partial.is_open()) return;
  stored_bytes_ -= partial.size();
  wire::Request request;
  const absl::Status read = partial.finish(request);
  request.set_id(part.request());
  if (read.ok() || part.request() <= session.highest_request()) return perform(session, request);
  session.saw_request(part.request());
  Call(session, request)
      .refuse(absl::IsResourceExhausted(read) ? wire::RESOURCE_EXHAUSTED : wire::INVALID_ARGUMENT,
              read);
}

void Engine::drop_part(Session& session) {
  stored_bytes_ -= session.partial().size();
  session.partial() = {};
}

bool Engine::is_current(const Session& session, const wire::Fence& fence) const {
  const Object* lock = session.find(fence.lock());
  return lock != nullptr && lock->is_held(fence.number());
}

void Engine::cancel(Session& session, uint64_t request) {
  const auto parked = session.parked().find(request);
  if (parked != session.parked().end()) give_up(*parked->second, GiveUp::kCancelled);
}

void Engine::give_up(Waiter& waiter, GiveUp reason) {
  WaitList& list = *waiter.list;
  if (waiter.stays && reason == GiveUp::kCancelled) return;
  list.object().gave_up(list, list.remove(waiter), reason);
}

// ---- Parking, as the wait lists tell.

bool Engine::admit(Call& call) {
  if (draining_) {
    call.give_up(GiveUp::kDraining);
    return false;
  }
  std::string limit;
  if (call.session().parked().size() >= limits_.parked_per_session) {
    limit = str_cat("this session has its limit of ", limits_.parked_per_session, " parked calls");
  } else if (parked_ >= limits_.parked_total) {
    limit = str_cat("the manager has its limit of ", limits_.parked_total, " parked calls");
  } else if (stored_bytes_ + cost_of(call) > limits_.total_bytes) {
    limit = str_cat("the manager would hold more than ", limits_.total_bytes, " bytes");
  } else {
    return true;
  }
  call.refuse(wire::RESOURCE_EXHAUSTED, limit);
  return false;
}

void Engine::parked_one(Waiter& waiter) {
  waiter.number = ++waiter_number_;
  ++parked_;
  stored_bytes_ += cost_of(waiter.call);
  waiter.call.session().parked().emplace(waiter.call.id(), &waiter);
  if (waiter.deadline != kNever) deadlines_.watch(waiter);
  if (waiter.list->retains_object()) registry_.retain(waiter.list->object().id());
}

void Engine::unparked_one(Waiter& waiter) {
  --parked_;
  stored_bytes_ -= cost_of(waiter.call);
  waiter.call.session().parked().erase(waiter.call.id());
  if (waiter.deadline != kNever) deadlines_.unwatch(waiter);
  if (waiter.list->retains_object()) registry_.release(waiter.list->object().id());
}

// ---- Waking objects.

void Engine::wake_at(Object& object, Time when) {
  if (object.wakes_at_ == when) return;
  if (object.wakes_at_ != kNever) wakes_.erase({object.wakes_at_, object.id()});
  object.wakes_at_ = when;
  if (when != kNever) wakes_.emplace(when, object.id());
}

// ---- References in flight.

void Engine::reference_sent(Object& object) {
  if (object.in_flight_++ == 0) registry_.retain(object.id());
  in_flight_expiries_.erase({object.in_flight_expiry_, object.id()});
  object.in_flight_expiry_ = now_ + limits_.in_flight;
  in_flight_expiries_.emplace(object.in_flight_expiry_, object.id());
}

void Engine::reference_arrived(Object& object) {
  if (object.in_flight_ == 1) return drop_in_flight(object);
  if (object.in_flight_ > 1) --object.in_flight_;
}

void Engine::drop_in_flight(Object& object) {
  if (object.in_flight_ == 0) return;
  in_flight_expiries_.erase({object.in_flight_expiry_, object.id()});
  object.in_flight_expiry_ = kNever;
  object.in_flight_ = 0;
  registry_.release(object);
}

// ---- The end of objects.

// Its parked calls first, then every session's handle: nobody can reach it after this.
void Engine::delete_object(Object& object) {
  drop_in_flight(object);
  const std::unique_ptr<Object> owner = registry_.remove(object);
  for (WaitList* list : owner->wait_lists()) {
    while (!list->empty()) give_up(*list->first(), GiveUp::kObjectGone);
  }
  wake_at(*owner, kNever);
  owner->deleted();
  if (Session* maker = session(owner->maker_)) --maker->anonymous_objects;
  if (owner->references() == 0) {
    for (const SessionNumber holder : owner->holders_without_reference_)
      session(holder)->drop(owner->id());
  } else {
    for (const auto& [number, session] : sessions_) session->drop(owner->id());
  }
}

// In a loop and not from destructors, so that a chain of containers within containers ends without
// recursion.
void Engine::delete_unreferenced() {
  while (Object* object = registry_.take_unreferenced()) delete_object(*object);
}

absl::StatusOr<Object*> Engine::make_part(Call& call, wire::RegistryOp::Open& options) {
  const absl::StatusOr<Object*> made = RegistryCalls(*this).make(call, options);
  if (made.ok()) (*made)->is_part_ = true;
  return made;
}

// ---- Output.

Time Engine::next_deadline() const {
  Time next = deadlines_.next();
  if (!wakes_.empty()) next = std::min(next, wakes_.begin()->first);
  if (!in_flight_expiries_.empty()) next = std::min(next, in_flight_expiries_.begin()->first);
  if (!lost_.empty()) next = std::min(next, lost_.begin()->first);
  return next;
}

std::vector<SessionNumber> Engine::take_touched() {
  std::sort(touched_.begin(), touched_.end());
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  return std::exchange(touched_, {});
}

Session* Engine::session(SessionNumber number) const {
  const auto found = sessions_.find(number);
  return found == sessions_.end() ? nullptr : found->second.get();
}

// ---- For people.

void Engine::describe_caller(Caller caller, Time since, wire::CallerState& state) const {
  state.set_session(caller.session);
  state.set_caller(caller.thread);
  if (const Session* session = this->session(caller.session))
    state.set_client(session->client_name());
  state.set_since_us(microseconds_of(now_) - microseconds_of(since));
}

wire::Statistics Engine::statistics() const {
  wire::Statistics statistics;
  statistics.set_server_id(server_id_);
  statistics.set_version(version_);
  statistics.set_objects(registry_.objects().size());
  statistics.set_sessions(sessions_.size());
  statistics.set_lost_sessions(lost_.size());
  statistics.set_parked(parked_);
  statistics.set_bytes(stored_bytes_);
  statistics.set_bytes_limit(limits_.total_bytes);
  statistics.set_operations(operations_);
  statistics.set_uptime_us(microseconds_of(now_));
  return statistics;
}

void Engine::save(Snapshot& snapshot) const {
  snapshot.number(kSemantics);
  snapshot.number(lsn_);
  snapshot.number(microseconds_of(now_));
  snapshot.number(fencing_number_);
  snapshot.number(waiter_number_);
  snapshot.number(operations_);
  snapshot.boolean(draining_);
  snapshot.number(last_session_);
  snapshot.number(stored_bytes_);
  snapshot.number(registry_.last_id());
  snapshot.number(registry_.objects().size());
  for (const auto& [id, object] : registry_.objects()) object->save_all(snapshot);
  snapshot.number(sessions_.size());
  for (const auto& [number, session] : sessions_) session->save(snapshot);
}

}  // namespace syncmanager::manager

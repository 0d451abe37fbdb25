#include "manager/core/object.h"

#include <utility>

#include "manager/core/engine.h"
#include "manager/core/session.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {

Stored& Stored::operator=(Stored&& other) noexcept {
  std::swap(owner_, other.owner_);
  std::swap(has_references_, other.has_references_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

Stored::~Stored() {
  if (owner_ != nullptr) owner_->discharge(*this);
}

Services& Object::services() const { return *engine_; }

bool Object::fill(Call&, wire::RegistryOp::Open&) { return true; }
bool Object::same_shape(const wire::RegistryOp::Open&) const { return true; }
void Object::session_ended(SessionNumber, bool) {}
bool Object::is_held(uint64_t) const { return false; }
void Object::gave_up(WaitList&, Call call, GiveUp reason) { call.give_up(reason); }
void Object::describe(wire::ObjectState&) const {}

uint64_t Object::parked() const {
  uint64_t calls = 0;
  for (const WaitList* list : wait_lists_) calls += list->size();
  return calls;
}

std::optional<Census> Object::check(Call& call, std::string_view encoded) const {
  const Limits& limits = engine_->limits();
  if (encoded.size() > limits.value_bytes) {
    call.refuse(wire::INVALID_ARGUMENT,
                str_cat("a value of ", encoded.size(), " bytes; at most ", limits.value_bytes,
                        " are allowed (--max-value-bytes)"));
    return std::nullopt;
  }
  const absl::StatusOr<Census> census =
      check_value(encoded, {.bytes = limits.value_bytes, .depth = limits.value_depth});
  if (!census.ok()) {
    call.refuse(wire::INVALID_ARGUMENT, census.status());
    return std::nullopt;
  }
  if (census->has_references) {
    std::optional<ObjectId> unknown;  // Not an id that means none: any number may stand there.
    for_each_reference(encoded, [&](ObjectId id) {
      if (!unknown && call.session().find(id) == nullptr) unknown = id;
    });
    if (unknown) {
      call.refuse(wire::NO_SUCH_OBJECT, str_cat("the value refers to object ", *unknown,
                                                ", which this session doesn't have"));
      return std::nullopt;
    }
  }
  return *census;
}

std::optional<Stored> Object::store(Call& call, std::string&& encoded) {
  const std::optional<Census> census = check(call, encoded);
  if (!census) return std::nullopt;
  return charge(call, std::move(encoded), census->has_references);
}

std::optional<Stored> Object::store_own(Call& call, std::string encoded) {
  return charge(call, std::move(encoded), false);
}

std::optional<Stored> Object::store_copy(Call& call, const Stored& value) {
  return charge(call, std::string(value.bytes()), value.has_references());
}

std::optional<Stored> Object::charge(Call& call, std::string bytes, bool has_references) {
  const Limits& limits = engine_->limits();
  const uint64_t cost = bytes.size() + Stored::kOverhead;
  if (bytes_ + cost > limits.object_bytes) {
    call.refuse(
        wire::RESOURCE_EXHAUSTED,
        str_cat("the object would hold more than ", limits.object_bytes,
                " bytes (--max-object-bytes): it has ", bytes_, ", and ", cost, " would be added"));
    return std::nullopt;
  }
  if (engine_->stored_bytes_ + cost > limits.total_bytes) {
    call.refuse(wire::RESOURCE_EXHAUSTED,
                str_cat("the manager would hold more than ", limits.total_bytes,
                        " bytes (--max-total-bytes)"));
    return std::nullopt;
  }
  bytes_ += cost;
  engine_->stored_bytes_ += cost;
  if (has_references) {
    // An object's reference to itself doesn't keep it: a list in itself ends as any other.
    for_each_reference(bytes, [this](ObjectId id) {
      if (id != id_) engine_->registry().retain(id);
    });
  }
  return Stored(*this, std::move(bytes), has_references);
}

void Object::discharge(const Stored& value) {
  bytes_ -= value.charge();
  engine_->stored_bytes_ -= value.charge();
  if (value.has_references()) {
    for_each_reference(value.bytes(), [this](ObjectId id) {
      if (id != id_) engine_->registry().release(id);
    });
  }
}

bool Object::take_over(Stored& value) {
  if (bytes_ + value.charge() > engine_->limits().object_bytes) return false;
  Object& giver = *std::exchange(value.owner_, this);
  giver.bytes_ -= value.charge();
  bytes_ += value.charge();
  if (!value.has_references()) return true;
  for_each_reference(value.bytes(), [&](ObjectId id) {
    if (id == giver.id_) engine_->registry().retain(id);
    if (id == id_) engine_->registry().release(id);
  });
  return true;
}

void Object::save_all(Snapshot& snapshot) const {
  snapshot.number(id_);
  snapshot.text(row_->name);
  snapshot.text(name_);
  snapshot.number(maker_);
  snapshot.text(maker_prefix_);
  snapshot.number(references_);
  snapshot.number(in_flight_);
  snapshot.number(static_cast<uint64_t>(in_flight_expiry_.time_since_epoch().count()));
  snapshot.number(bytes_);
  snapshot.number(static_cast<uint64_t>(wakes_at_.time_since_epoch().count()));
  for (const WaitList* list : wait_lists_) {
    snapshot.number(list->size());
    for (const Waiter* waiter = list->first(); waiter != nullptr; waiter = waiter->next) {
      snapshot.number(waiter->number);
      snapshot.number(waiter->call.caller().session);
      snapshot.number(waiter->call.note());
      snapshot.number(static_cast<uint64_t>(waiter->since.time_since_epoch().count()));
      snapshot.number(static_cast<uint64_t>(waiter->deadline.time_since_epoch().count()));
      snapshot.text(waiter->call.request().SerializeAsString());
    }
  }
  save(snapshot);
}

void Object::summarize(wire::ObjectSummary& summary) const {
  summary.set_object(id_);
  summary.set_type(row_->name);
  summary.set_name(name_);
  summary.set_size(size());
  summary.set_bytes(bytes_);
  summary.set_parked(parked());
  summary.set_in_flight(in_flight_ > 0 && references_ == 1);
}

wire::ObjectState Object::inspect() const {
  wire::ObjectState state;
  summarize(*state.mutable_summary());
  state.set_references(references_);
  for (const WaitList* list : wait_lists_) {
    for (const Waiter* waiter = list->first(); waiter != nullptr; waiter = waiter->next) {
      if (state.waiters_size() == kMaxShown) break;
      wire::CallerState& caller = *state.add_waiters();
      engine_->describe_caller(waiter->call.caller(), waiter->since, caller);
      caller.set_what(list->what());
    }
  }
  describe(state);
  return state;
}

}  // namespace syncmanager::manager

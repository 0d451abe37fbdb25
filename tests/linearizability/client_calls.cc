#include "tests/linearizability/client_calls.h"

#include <chrono>
#include <optional>

namespace syncmanager::linearizability {
namespace {

constexpr std::chrono::milliseconds kMoment{2};
constexpr Answer kDone = {Outcome::kDone, 0};

Answer done(int64_t value) { return {Outcome::kDone, value}; }
Answer found(const std::optional<int64_t>& value) {
  return value ? done(*value) : Answer{Outcome::kMissing, 0};
}
Answer in_time(bool was) { return {was ? Outcome::kDone : Outcome::kTimedOut, 0}; }

}  // namespace

ClientCalls::ClientCalls(const Client& client, const SharedObject& semaphore,
                         const SharedObject& queue)
    : value_(client.value<int64_t>("value", 0)),
      attributes_(client.name_space("attributes")),
      entries_(client.dict<int64_t, int64_t>("entries")),
      queue_(client.queue<int64_t>("queue", {.capacity = queue.bound})),
      lock_(client.lock("lock")),
      semaphore_(client.bounded_semaphore("semaphore", semaphore.bound)),
      event_(client.event("event")),
      list_(client.list<int64_t>("list")) {}

Verb ClientCalls::in_turn(const Operation& operation) const {
  if (operation.verb != Verb::kAcquire && operation.verb != Verb::kRelease) return operation.verb;
  const bool holds = operation.object.kind == ObjectKind::kLock ? holds_lock_ : holds_permit_;
  return holds ? Verb::kRelease : Verb::kAcquire;
}

Answer ClientCalls::perform(const Operation& operation) {
  switch (operation.object.kind) {
    case ObjectKind::kValue:
      return on_value(operation);
    case ObjectKind::kAttribute:
      return on_attribute(operation);
    case ObjectKind::kEntry:
      return on_entry(operation);
    case ObjectKind::kQueue:
      return on_queue(operation);
    case ObjectKind::kLock:
      return on_lock(operation);
    case ObjectKind::kSemaphore:
      return on_semaphore(operation);
    case ObjectKind::kEvent:
      return on_event(operation);
    case ObjectKind::kList:
      return on_list(operation);
  }
  return {};
}

Answer ClientCalls::on_value(const Operation& operation) const {
  if (operation.verb == Verb::kGet) return done(value_.get());
  if (operation.verb == Verb::kAdd) return done(value_.add(operation.first));
  if (operation.verb == Verb::kCompareAndSet) {
    return done(value_.compare_and_set(operation.first, operation.second));
  }
  value_.set(operation.first);
  return kDone;
}

Answer ClientCalls::on_attribute(const Operation& operation) const {
  const std::string name = "a" + std::to_string(operation.object.key);
  if (operation.verb == Verb::kGet) return found(attributes_.find<int64_t>(name));
  if (operation.verb == Verb::kAdd) {
    return done(attributes_.add<int64_t>(name, operation.first, 0));
  }
  if (operation.verb == Verb::kCompareAndSet) {
    return done(attributes_.compare_and_set<int64_t>(name, operation.first, operation.second));
  }
  attributes_.set(name, operation.first);
  return kDone;
}

Answer ClientCalls::on_entry(const Operation& operation) const {
  const int64_t key = operation.object.key;
  if (operation.verb == Verb::kGet) return found(entries_.find(key));
  if (operation.verb == Verb::kAdd) return done(entries_.add(key, operation.first, 0));
  if (operation.verb == Verb::kPop) return found(entries_.pop(key));
  if (operation.verb == Verb::kSetDefault) return done(entries_.set_default(key, operation.first));
  entries_.set(key, operation.first);
  return kDone;
}

Answer ClientCalls::on_queue(const Operation& operation) const {
  if (operation.verb == Verb::kPut) return in_time(queue_.try_put_for(operation.first, kMoment));
  const std::optional<int64_t> item = queue_.try_get_for(kMoment);
  return item ? done(*item) : in_time(false);
}

Answer ClientCalls::on_lock(const Operation& operation) {
  if (operation.verb == Verb::kAcquire) return in_time(holds_lock_ = lock_.try_lock_for(kMoment));
  holds_lock_ = false;
  lock_.unlock();
  return kDone;
}

Answer ClientCalls::on_semaphore(const Operation& operation) {
  if (operation.verb == Verb::kLength) return done(semaphore_.value());
  if (operation.verb == Verb::kAcquire) {
    return in_time(holds_permit_ = semaphore_.try_acquire_for(kMoment));
  }
  holds_permit_ = false;
  semaphore_.release();
  return kDone;
}

Answer ClientCalls::on_event(const Operation& operation) const {
  if (operation.verb == Verb::kIsSet) return done(event_.is_set());
  if (operation.verb == Verb::kWait) return in_time(event_.wait_for(kMoment));
  operation.verb == Verb::kSet ? event_.set() : event_.clear();
  return kDone;
}

Answer ClientCalls::on_list(const Operation& operation) const {
  if (operation.verb == Verb::kLength) return done(list_.size());
  if (operation.verb == Verb::kPop) return found(list_.pop());
  list_.append(operation.first);
  return kDone;
}

}  // namespace syncmanager::linearizability

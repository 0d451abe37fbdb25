#include "tests/linearizability/client_calls.h"

#include <array>
#include <chrono>
#include <optional>
#include <vector>

namespace syncmanager::linearizability {
namespace {

constexpr std::chrono::milliseconds kMoment{2};
constexpr Answer kDone = {Outcome::kDone, 0};
constexpr Answer kRefused = {Outcome::kRefused, 0};

Answer done(int64_t value) { return {Outcome::kDone, value}; }
Answer found(const std::optional<int64_t>& value) {
  return value ? done(*value) : Answer{Outcome::kMissing, 0};
}
Answer in_time(bool was) { return {was ? Outcome::kDone : Outcome::kTimedOut, 0}; }

ClientCalls on_value(const Value<int64_t>& value) {
  return [value](const Operation& call) {
    if (call.verb == Verb::kGet) return done(value.get());
    if (call.verb == Verb::kAdd) return done(value.add(call.first));
    if (call.verb == Verb::kCompareAndSet) {
      return done(value.compare_and_set(call.first, call.second));
    }
    value.set(call.first);
    return kDone;
  };
}

ClientCalls on_attribute(const Namespace& attributes) {
  return [attributes](const Operation& call) {
    const std::string name = "a" + std::to_string(call.object.key);
    if (call.verb == Verb::kGet) return found(attributes.find<int64_t>(name));
    if (call.verb == Verb::kAdd) return done(attributes.add<int64_t>(name, call.first, 0));
    if (call.verb == Verb::kCompareAndSet) {
      return done(attributes.compare_and_set<int64_t>(name, call.first, call.second));
    }
    attributes.set(name, call.first);
    return kDone;
  };
}

ClientCalls on_entry(const Dict<int64_t, int64_t>& entries) {
  return [entries](const Operation& call) {
    const int64_t key = call.object.key;
    if (call.verb == Verb::kGet) return found(entries.find(key));
    if (call.verb == Verb::kAdd) return done(entries.add(key, call.first, 0));
    if (call.verb == Verb::kPop) return found(entries.pop(key));
    if (call.verb == Verb::kSetDefault) return done(entries.set_default(key, call.first));
    entries.set(key, call.first);
    return kDone;
  };
}

ClientCalls on_queue(const Queue<int64_t>& queue) {
  return [queue](const Operation& call) {
    if (call.verb == Verb::kPut) return in_time(queue.try_put_for(call.first, kMoment));
    const std::optional<int64_t> item = queue.try_get_for(kMoment);
    return item ? done(*item) : in_time(false);
  };
}

// A Lock or an RLock.
template <typename Lockable>
ClientCalls on_lock(const Lockable& lock) {
  return [lock](const Operation& call) {
    if (call.verb == Verb::kAcquire) return in_time(lock.try_lock_for(kMoment));
    lock.unlock();
    return kDone;
  };
}

// With a bound or without.
template <typename AnySemaphore>
ClientCalls on_semaphore(const AnySemaphore& semaphore) {
  return [semaphore](const Operation& call) {
    if (call.verb == Verb::kLength) return done(semaphore.value());
    if (call.verb == Verb::kAcquire) return in_time(semaphore.try_acquire_for(kMoment));
    semaphore.release();
    return kDone;
  };
}

ClientCalls on_event(const Event& event) {
  return [event](const Operation& call) {
    if (call.verb == Verb::kIsSet) return done(event.is_set());
    if (call.verb == Verb::kWait) return in_time(event.wait_for(kMoment));
    call.verb == Verb::kSet ? event.set() : event.clear();
    return kDone;
  };
}

ClientCalls on_list(const List<int64_t>& list) {
  return [list](const Operation& call) {
    if (call.verb == Verb::kLength) return done(list.size());
    if (call.verb == Verb::kPop) return found(list.pop());
    list.append(call.first);
    return kDone;
  };
}

ClientCalls on_condition(const Condition& condition) {
  return [condition](const Operation& call) {
    if (call.verb == Verb::kAcquire) return in_time(condition.try_lock_for(kMoment));
    if (call.verb == Verb::kWait) return done(condition.wait_for(kMoment) ? 0 : 1);
    if (call.verb == Verb::kRelease) condition.unlock();
    if (call.verb == Verb::kNotify) condition.notify(static_cast<uint64_t>(call.first));
    if (call.verb == Verb::kNotifyAll) condition.notify_all();
    return kDone;
  };
}

ClientCalls on_barrier(const Barrier& barrier) {
  return [barrier](const Operation& call) {
    if (call.verb == Verb::kWait) return done(barrier.wait_for(kMoment));
    if (call.verb == Verb::kLength) return done(barrier.waiting());
    if (call.verb == Verb::kIsSet) return done(barrier.broken() ? 1 : 0);
    call.verb == Verb::kAbort ? barrier.abort() : barrier.reset();
    return kDone;
  };
}

ClientCalls on_dict(const Dict<int64_t, int64_t>& dict) {
  return [dict](const Operation& call) {
    switch (call.verb) {
      case Verb::kGet:
        return found(dict.find(call.first));
      case Verb::kPop:
        return found(dict.pop(call.first));
      case Verb::kPopItem: {
        const auto entry = dict.pop_item();
        if (!entry) return found(std::nullopt);
        return done(as_one(std::array{entry->first, entry->second}));
      }
      case Verb::kLength:
        return done(dict.size());
      case Verb::kItems: {
        std::vector<int64_t> numbers;
        for (const auto& [key, value] : dict.to_vector()) {
          numbers.insert(numbers.end(), {key, value});
        }
        return done(as_one(numbers));
      }
      case Verb::kKeys: {  // So few are one page.
        std::vector<int64_t> keys;
        for (const int64_t key : dict.keys()) keys.push_back(key);
        return done(as_one(keys));
      }
      case Verb::kClear:
        dict.clear();
        return kDone;
      default:
        dict.set(call.first, call.second);
        return kDone;
    }
  };
}

ClientCalls on_rwlock(const RWLock& lock) {
  return [lock](const Operation& call) {
    if (call.verb == Verb::kLength) return done(lock.readers());
    if (call.verb == Verb::kAcquire) return in_time(lock.try_lock_for(kMoment));
    if (call.verb == Verb::kAcquireRead) return in_time(lock.try_lock_shared_for(kMoment));
    lock.unlock();
    return kDone;
  };
}

ClientCalls on_latch(const CountDownLatch& latch) {
  return [latch](const Operation& call) {
    if (call.verb == Verb::kLength) return done(latch.count());
    if (call.verb == Verb::kWait) return in_time(latch.wait_for(kMoment));
    latch.count_down(call.first);
    return kDone;
  };
}

ClientCalls open(const Client& client, const SharedObject& object, const std::string& name) {
  switch (object.kind) {
    case ObjectKind::kValue:
      return on_value(client.value<int64_t>(name, 0));
    case ObjectKind::kAttribute:
      return on_attribute(client.name_space(name));
    case ObjectKind::kEntry:
      return on_entry(client.dict<int64_t, int64_t>(name));
    case ObjectKind::kQueue:
      return on_queue(client.queue<int64_t>(name, {.capacity = object.bound}));
    case ObjectKind::kLock:
      return on_lock(client.lock(name));
    case ObjectKind::kSemaphore:
      return on_semaphore(client.bounded_semaphore(name, object.bound));
    case ObjectKind::kEvent:
      return on_event(client.event(name));
    case ObjectKind::kList:
      return on_list(client.list<int64_t>(name));
    case ObjectKind::kRLock:
      return on_lock(client.rlock(name));
    case ObjectKind::kCondition:
      return on_condition(client.condition(name));
    case ObjectKind::kBarrier:
      return on_barrier(client.barrier(name, object.bound));
    case ObjectKind::kFreeSemaphore:
      return on_semaphore(client.semaphore(name, object.bound));
    case ObjectKind::kDict:
      return on_dict(client.dict<int64_t, int64_t>(name));
    case ObjectKind::kRWLock:
      return on_rwlock(client.rwlock(name));
    case ObjectKind::kLatch:
      return on_latch(client.latch(name, object.bound));
  }
  return nullptr;
}

}  // namespace

ClientCalls calls_of(const Client& client, const SharedObject& object, const std::string& name) {
  return [perform = open(client, object, name)](const Operation& call) {
    try {
      return perform(call);
    } catch (const Refused&) {
      return kRefused;
    }
  };
}

}  // namespace syncmanager::linearizability

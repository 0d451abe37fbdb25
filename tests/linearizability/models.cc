// The sequential models.
//
//   kind                    state
//   value, attribute, entry the number; empty if it is missing
//   queue                   the items, the oldest first
//   event                   1 if it is set
//   list                    the elements
//   dict                    keys and values in turn, the oldest key first
//   latch                   the count
//
// The models of held and of waited-for objects are in lock_models.cc and waiting_models.cc.

#include "tests/linearizability/models.h"

#include <algorithm>

#include "tests/linearizability/single_models.h"

namespace syncmanager::linearizability {
namespace {

std::optional<Answer> on_number(const Operation& operation, ModelState& state) {
  const bool missing = state.empty();
  const int64_t now = missing ? 0 : state[0];
  switch (operation.verb) {
    case Verb::kGet:
      return missing ? kMissing : done(now);
    case Verb::kSet:
      state.assign({operation.first});
      return kDone;
    case Verb::kAdd:
      state.assign({now + operation.first});
      return done(state[0]);
    case Verb::kCompareAndSet:
      if (missing || now != operation.first) return done(0);
      state.assign({operation.second});
      return done(1);
    case Verb::kPop:
      if (missing) return kMissing;
      state.clear();
      return done(now);
    case Verb::kSetDefault:
      if (missing) state.assign({operation.first});
      return done(state[0]);
    default:
      return kRefused;
  }
}

std::optional<Answer> on_queue(const Operation& operation, ModelState& state) {
  if (operation.verb == Verb::kPut) {
    const auto bound = static_cast<size_t>(operation.object.bound);
    if (bound != 0 && state.size() >= bound) return std::nullopt;
    state.push_back(operation.first);
    return kDone;
  }
  if (state.empty()) return std::nullopt;
  const int64_t item = state.front();
  state.erase(state.begin());
  return done(item);
}

std::optional<Answer> on_event(const Operation& operation, ModelState& state) {
  switch (operation.verb) {
    case Verb::kSet:
      state[0] = 1;
      return kDone;
    case Verb::kClear:
      state[0] = 0;
      return kDone;
    case Verb::kIsSet:
      return done(state[0]);
    case Verb::kWait:
      return state[0] != 0 ? std::optional(kDone) : std::nullopt;
    default:
      return kRefused;
  }
}

std::optional<Answer> on_list(const Operation& operation, ModelState& state) {
  switch (operation.verb) {
    case Verb::kAppend:
      state.push_back(operation.first);
      return kDone;
    case Verb::kPop: {
      if (state.empty()) return kMissing;
      const int64_t last = state.back();
      state.pop_back();
      return done(last);
    }
    case Verb::kLength:
      return done(static_cast<int64_t>(state.size()));
    default:
      return kRefused;
  }
}

// Where the key is; the end if it isn't.
ModelState::iterator entry_of(ModelState& state, int64_t key) {
  auto entry = state.begin();
  while (entry != state.end() && *entry != key) entry += 2;
  return entry;
}

Answer keys_of(const ModelState& state) {
  ModelState keys;
  for (size_t i = 0; i < state.size(); i += 2) keys.push_back(state[i]);
  return done(as_one(keys));
}

std::optional<Answer> on_dict(const Operation& operation, ModelState& state) {
  const auto entry = entry_of(state, operation.first);
  switch (operation.verb) {
    case Verb::kGet:
      return entry == state.end() ? kMissing : done(entry[1]);
    case Verb::kSet:
      if (entry == state.end()) {
        state.insert(state.end(), {operation.first, operation.second});
      } else {
        entry[1] = operation.second;
      }
      return kDone;
    case Verb::kPop: {
      if (entry == state.end()) return kMissing;
      const int64_t value = entry[1];
      state.erase(entry, entry + 2);
      return done(value);
    }
    case Verb::kPopItem: {
      if (state.empty()) return kMissing;
      const ModelState newest(state.end() - 2, state.end());
      state.erase(state.end() - 2, state.end());
      return done(as_one(newest));
    }
    case Verb::kLength:
      return done(static_cast<int64_t>(state.size() / 2));
    case Verb::kItems:
      return done(as_one(state));
    case Verb::kKeys:
      return keys_of(state);
    case Verb::kClear:
      state.clear();
      return kDone;
    default:
      return kRefused;
  }
}

std::optional<Answer> on_latch(const Operation& operation, ModelState& state) {
  switch (operation.verb) {
    case Verb::kCountDown:
      state[0] -= std::min(operation.first, state[0]);
      return kDone;
    case Verb::kWait:
      return state[0] == 0 ? std::optional(kDone) : std::nullopt;
    case Verb::kLength:
      return done(state[0]);
    default:
      return kRefused;
  }
}

}  // namespace

ModelState initial_state(const SharedObject& object) {
  switch (object.kind) {
    case ObjectKind::kValue:
    case ObjectKind::kLock:
    case ObjectKind::kEvent:
    case ObjectKind::kBarrier:
    case ObjectKind::kRWLock:
      return {0};
    case ObjectKind::kRLock:
    case ObjectKind::kCondition:
      return {0, 0};
    case ObjectKind::kSemaphore:
    case ObjectKind::kFreeSemaphore:
    case ObjectKind::kLatch:
      return {object.bound};
    case ObjectKind::kAttribute:
    case ObjectKind::kEntry:
    case ObjectKind::kQueue:
    case ObjectKind::kList:
    case ObjectKind::kDict:
      break;
  }
  return {};
}

std::optional<Answer> perform(const Operation& operation, ModelState& state) {
  switch (operation.object.kind) {
    case ObjectKind::kValue:
    case ObjectKind::kAttribute:
    case ObjectKind::kEntry:
      return on_number(operation, state);
    case ObjectKind::kQueue:
      return on_queue(operation, state);
    case ObjectKind::kLock:
      return on_lock(operation, state);
    case ObjectKind::kSemaphore:
    case ObjectKind::kFreeSemaphore:
      return on_semaphore(operation, state);
    case ObjectKind::kEvent:
      return on_event(operation, state);
    case ObjectKind::kList:
      return on_list(operation, state);
    case ObjectKind::kRLock:
      return on_rlock(operation, state);
    case ObjectKind::kCondition:
      return on_condition(operation, state);
    case ObjectKind::kBarrier:
      return on_barrier(operation, state);
    case ObjectKind::kDict:
      return on_dict(operation, state);
    case ObjectKind::kRWLock:
      return on_rwlock(operation, state);
    case ObjectKind::kLatch:
      return on_latch(operation, state);
  }
  return std::nullopt;
}

bool ends_matter(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kLock:
    case ObjectKind::kSemaphore:
    case ObjectKind::kRLock:
    case ObjectKind::kCondition:
    case ObjectKind::kBarrier:
    case ObjectKind::kFreeSemaphore:
    case ObjectKind::kRWLock:
      return true;
    default:
      return false;
  }
}

bool has_steps(const Operation& operation) {
  switch (operation.object.kind) {
    case ObjectKind::kCondition:
    case ObjectKind::kBarrier:
      return operation.verb == Verb::kWait;
    case ObjectKind::kRWLock:
      return operation.verb == Verb::kAcquire || operation.verb == Verb::kAcquireRead;
    default:
      return false;
  }
}

bool changes_nothing(const Operation& operation) {
  const Outcome outcome = operation.answer.outcome;
  const ObjectKind kind = operation.object.kind;
  // Who gave up was in the others' way before. But a barrier refuses those who came in time too.
  if (has_steps(operation)) return outcome == Outcome::kRefused && kind != ObjectKind::kBarrier;
  if (outcome != Outcome::kDone && outcome != Outcome::kUnknown) return true;
  switch (operation.verb) {
    case Verb::kGet:
      return kind != ObjectKind::kQueue;
    case Verb::kCompareAndSet:
      return outcome == Outcome::kDone && operation.answer.value == 0;
    case Verb::kIsSet:
    case Verb::kWait:
    case Verb::kLength:
    case Verb::kItems:
    case Verb::kKeys:
      return true;
    case Verb::kComesBack:
      return kind != ObjectKind::kCondition;
    default:
      return false;
  }
}

}  // namespace syncmanager::linearizability

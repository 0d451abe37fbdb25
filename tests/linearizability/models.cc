// The sequential models.
//
//   kind                    state
//   value, attribute, entry the number; empty if it is missing
//   queue                   the items, the oldest first
//   lock                    0, or 1 and its holder; the holder is 0 after a goodbye
//   semaphore               the free permits, then holders and their permits in turn, the one that
//                           has held longest first; holder 0 is for those who said goodbye
//   event                   1 if it is set
//   list                    the elements
//
// Clients are counted from 1.

#include "tests/linearizability/models.h"

#include <algorithm>

namespace syncmanager::linearizability {
namespace {

constexpr Answer kDone = {Outcome::kDone, 0};
constexpr Answer kMissing = {Outcome::kMissing, 0};
constexpr Answer kRefused = {Outcome::kRefused, 0};
// What the holder of a lock, or of permits, is after it said goodbye.
constexpr int64_t kLeftBehind = 0;

Answer done(int64_t value) { return {Outcome::kDone, value}; }

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

std::optional<Answer> on_lock(const Operation& operation, ModelState& state) {
  const bool held = state[0] != 0;
  switch (operation.verb) {
    case Verb::kAcquire:
      if (held) return std::nullopt;
      state.assign({1, operation.client});
      return kDone;
    case Verb::kRelease:
      if (!held) return kRefused;
      state.assign({0});
      return kDone;
    case Verb::kDies:
      if (held && state[1] == operation.client) state.assign({0});
      return kDone;
    case Verb::kLeaves:
      if (held && state[1] == operation.client) state[1] = kLeftBehind;
      return kDone;
    default:
      return kRefused;
  }
}

// Where the permits of `client` are in a semaphore's state, which has them behind its holders; the
// end if it has none.
ModelState::iterator permits_of(ModelState& state, int64_t client) {
  for (auto holder = state.begin() + 1; holder != state.end(); holder += 2) {
    if (*holder == client) return holder + 1;
  }
  return state.end();
}

void drop_holder(ModelState& state, ModelState::iterator permits) {
  state.erase(permits - 1, permits + 1);
}

void leave_permits(ModelState& state, int64_t client) {
  const auto permits = permits_of(state, client);
  if (permits == state.end()) return;
  const int64_t count = *permits;
  drop_holder(state, permits);
  const auto left = permits_of(state, kLeftBehind);
  if (left != state.end()) {
    *left += count;
  } else {
    state.insert(state.begin() + 1, {kLeftBehind, count});
  }
}

void release_permit(ModelState& state, int64_t client) {
  ++state[0];
  auto permits = permits_of(state, client);
  if (permits == state.end()) permits = state.begin() + 2;
  if (--*permits == 0) drop_holder(state, permits);
}

std::optional<Answer> on_semaphore(const Operation& operation, ModelState& state) {
  const int64_t client = operation.client;
  switch (operation.verb) {
    case Verb::kAcquire: {
      if (state[0] == 0) return std::nullopt;
      --state[0];
      const auto permits = permits_of(state, client);
      if (permits != state.end()) {
        ++*permits;
      } else {
        state.push_back(client);
        state.push_back(1);
      }
      return kDone;
    }
    case Verb::kRelease:
      if (state[0] == operation.object.bound) return kRefused;
      release_permit(state, client);
      return kDone;
    case Verb::kLength:
      return done(state[0]);
    case Verb::kDies: {
      const auto permits = permits_of(state, client);
      if (permits == state.end()) return kDone;
      state[0] += *permits;
      drop_holder(state, permits);
      return kDone;
    }
    case Verb::kLeaves:
      leave_permits(state, client);
      return kDone;
    default:
      return kRefused;
  }
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

}  // namespace

ModelState initial_state(const SharedObject& object) {
  switch (object.kind) {
    case ObjectKind::kValue:
    case ObjectKind::kLock:
    case ObjectKind::kEvent:
      return {0};
    case ObjectKind::kSemaphore:
      return {object.bound};
    case ObjectKind::kAttribute:
    case ObjectKind::kEntry:
    case ObjectKind::kQueue:
    case ObjectKind::kList:
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
      return on_semaphore(operation, state);
    case ObjectKind::kEvent:
      return on_event(operation, state);
    case ObjectKind::kList:
      return on_list(operation, state);
  }
  return std::nullopt;
}

bool ends_matter(ObjectKind kind) {
  return kind == ObjectKind::kLock || kind == ObjectKind::kSemaphore;
}

bool changes_nothing(const Operation& operation) {
  const Outcome outcome = operation.answer.outcome;
  if (outcome != Outcome::kDone && outcome != Outcome::kUnknown) return true;
  switch (operation.verb) {
    case Verb::kGet:
      return operation.object.kind != ObjectKind::kQueue;
    case Verb::kCompareAndSet:
      return outcome == Outcome::kDone && operation.answer.value == 0;
    case Verb::kIsSet:
    case Verb::kWait:
    case Verb::kLength:
      return true;
    default:
      return false;
  }
}

}  // namespace syncmanager::linearizability

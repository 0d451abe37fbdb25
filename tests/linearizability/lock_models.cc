// The sequential models of held objects.
//
//   kind       state
//   lock       0, or 1 and its client; the client is 0 after a goodbye
//   rlock      its owner and how often it holds it; 0 and 0 if it is free
//   semaphore  the free permits, then clients and their permits in turn, the one that has held
//              longest first; client 0 stands for clients that said goodbye

#include "tests/linearizability/single_models.h"

namespace syncmanager::linearizability {
namespace {

constexpr int64_t kNobody = 0;

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
  const auto left = permits_of(state, kNobody);
  if (left != state.end()) {
    *left += count;
  } else {
    state.insert(state.begin() + 1, {kNobody, count});
  }
}

void release_permit(ModelState& state, int64_t client) {
  ++state[0];
  if (state.size() == 1) return;  // No permit is held.
  auto permits = permits_of(state, client);
  if (permits == state.end()) permits = state.begin() + 2;
  if (--*permits == 0) drop_holder(state, permits);
}

}  // namespace

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
      if (held && state[1] == operation.client) state[1] = kNobody;
      return kDone;
    default:
      return kRefused;
  }
}

std::optional<Answer> on_rlock(const Operation& operation, ModelState& state) {
  int64_t &owner = state[0], &depth = state[1];
  const int64_t caller = owner_of(operation);
  switch (operation.verb) {
    case Verb::kAcquire:
      if (depth > 0 && owner != caller) return std::nullopt;
      owner = caller;
      ++depth;
      return kDone;
    case Verb::kRelease:
      if (depth == 0 || (owner != caller && owner != kLeftBehind)) return kRefused;
      if (--depth == 0) owner = kNobody;
      return kDone;
    case Verb::kDies:
      if (client_of(owner) == operation.client) owner = depth = 0;
      return kDone;
    case Verb::kLeaves:
      if (client_of(owner) == operation.client) owner = kLeftBehind;
      return kDone;
    default:
      return kRefused;
  }
}

std::optional<Answer> on_semaphore(const Operation& operation, ModelState& state) {
  const int64_t client = operation.client;
  const bool bounded = operation.object.kind == ObjectKind::kSemaphore;
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
      if (bounded && state[0] == operation.object.bound) return kRefused;
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

}  // namespace syncmanager::linearizability

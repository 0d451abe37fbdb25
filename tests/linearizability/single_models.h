#pragma once

#include <cstdint>
#include <optional>

#include "tests/linearizability/models.h"

namespace syncmanager::linearizability {

// The common parts of the models of single kinds, and the models that models.cc doesn't have.

constexpr Answer kDone = {Outcome::kDone, 0};
constexpr Answer kMissing = {Outcome::kMissing, 0};
constexpr Answer kRefused = {Outcome::kRefused, 0};

inline Answer done(int64_t value) { return {Outcome::kDone, value}; }

// A thread that can hold something. Owner 0 is nobody.
inline int64_t owner_of(const Operation& operation) {
  return int64_t{operation.client} << 8 | operation.caller;
}
inline int64_t client_of(int64_t owner) { return owner >> 8; }
// Who holds what was left held at a goodbye.
constexpr int64_t kLeftBehind = 1;

// perform() of each kind.
std::optional<Answer> on_lock(const Operation& operation, ModelState& state);
std::optional<Answer> on_rlock(const Operation& operation, ModelState& state);
std::optional<Answer> on_semaphore(const Operation& operation, ModelState& state);
std::optional<Answer> on_condition(const Operation& operation, ModelState& state);
std::optional<Answer> on_barrier(const Operation& operation, ModelState& state);
std::optional<Answer> on_rwlock(const Operation& operation, ModelState& state);

}  // namespace syncmanager::linearizability

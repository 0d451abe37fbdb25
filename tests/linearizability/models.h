#pragma once

#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// The state of one object, as its kind's model writes it: equal numbers are equal states.
using ModelState = absl::InlinedVector<int64_t, 8>;

ModelState initial_state(const SharedObject& object);

// The sequential behaviour of each object. Performs the operation on `state` and returns the right
// answer; nothing, with `state` unchanged, if the call has to wait. Ignores `operation.answer`.
std::optional<Answer> perform(const Operation& operation, ModelState& state);

// Returns whether the end of a session changes such an object, because it has holders.
bool ends_matter(ObjectKind kind);

// Returns whether the call takes more than one visible step; see steps.h. perform() then takes its
// steps only.
bool has_steps(const Operation& operation);

// Returns whether an operation with this outcome leaves every state unchanged. A right history
// stays right without the operation.
bool changes_nothing(const Operation& operation);

}  // namespace syncmanager::linearizability

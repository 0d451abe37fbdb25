#pragma once

#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// The state of one object, as its kind's model writes it: equal numbers are equal states.
using ModelState = absl::InlinedVector<int64_t, 8>;

ModelState initial_state(const SharedObject& object);

// The right behaviour of each object for calls one after the other. Performs the operation on
// `state` and returns the right answer; nothing, with `state` unchanged, if the call has to wait.
// Ignores `operation.answer`.
std::optional<Answer> perform(const Operation& operation, ModelState& state);

// Whether the end of a session changes such an object: it has something that is somebody's.
bool ends_matter(ObjectKind kind);

// Whether the call takes more than one step where others see it; see steps.h. perform() knows its
// steps only.
bool has_steps(const Operation& operation);

// Whether an operation that ended so left the state as it was, whatever that was. A history without
// it is right if the one with it is.
bool changes_nothing(const Operation& operation);

}  // namespace syncmanager::linearizability

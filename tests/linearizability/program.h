#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "manager/core/time.h"
#include "tests/linearizability/history.h"
#include "tests/support/dice.h"

namespace syncmanager::linearizability {

// One object of the kind, or the few keys of one.
std::vector<SharedObject> random_object(Dice& dice, ObjectKind kind, uint32_t number);

// A random operation on the object. `unique` is the item of a put or an append: a
// checker learns most from items that come once.
Operation random_call(Dice& dice, const SharedObject& object, int64_t unique);

// Whether the operation may have to wait, and so has a timeout.
bool may_wait(const Operation& operation);

// Whether the operation makes its caller a holder, and whether only a holder has any use for it.
bool acquires(Verb verb);
bool needs_hold(const Operation& operation);

}  // namespace syncmanager::linearizability

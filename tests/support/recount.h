#pragma once

#include <string>
#include <vector>

#include "manager/core/engine.h"

namespace syncmanager::manager {

// Counts all that the Engine has, and says which of its figures differ or are beyond their limits;
// empty if none is. `sessions` are all that it has.
std::string miscount(Engine& engine, const std::vector<SessionNumber>& sessions);

}  // namespace syncmanager::manager

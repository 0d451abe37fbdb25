#pragma once

#include <string>
#include <vector>

#include "manager/core/engine.h"

namespace syncmanager::manager {

// Counts everything that the Engine has, and returns a text that names each of its figures that
// differs from the count or exceeds its limit; empty if there is none. `sessions` are all sessions
// of the Engine.
std::string accounting_errors(Engine& engine, const std::vector<SessionNumber>& sessions);

}  // namespace syncmanager::manager

#pragma once

#include <vector>

#include "manager/core/engine.h"

namespace syncmanager {

// Expects that the Engine's figures equal a recount, and are within its limits. `sessions` are all
// that it has.
void expect_recount(Engine& engine, const std::vector<SessionNumber>& sessions);

}  // namespace syncmanager

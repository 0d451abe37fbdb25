#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "tests/linearizability/core_manager.h"
#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// Plants a bug before the program begins.
using PlantBug = std::function<void(CoreManager&)>;

// The history of a random program on a manager without transport: up to 16 clients with several
// calls under way each, over a network that delivers as late as the seed wants. Calls time out and
// are cancelled, connections break and are resumed, sessions die and leave. The same seed, the same
// history.
//
// `kind`: the program is about one such object; else about several, of any kind. At the end every
// message arrives and every timeout passes, so who has no answer then waits.
History record_core_history(uint64_t seed, std::optional<ObjectKind> kind = std::nullopt,
                            const PlantBug& plant = nullptr);

}  // namespace syncmanager::linearizability

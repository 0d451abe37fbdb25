#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/linearizability/core_manager.h"
#include "tests/linearizability/core_recorder.h"
#include "tests/linearizability/planted_bugs.h"

namespace syncmanager::linearizability {

// The parts of planted bugs.

// A bug in what happens when a request arrives.
PlantBug at_requests(std::function<bool(CoreManager&, SessionNumber, wire::Request&)> bug);
// A bug in how an object is made.
PlantBug at_opening(std::function<void(wire::RegistryOp::Open&)> bug);
// A bug in what clients are told.
PlantBug at_replies(std::function<void(std::vector<wire::Reply>&)> bug);
// Says that it is done, and does nothing.
PlantBug forgotten(bool (*chosen)(const wire::Request&));

void answer(CoreManager& manager, SessionNumber session, const wire::Request& request,
            std::optional<std::string> value = std::nullopt);
// A request of the same object.
wire::Request beside(const wire::Request& request);
int64_t integer_of(const std::string& value);

// The bugs of what holds values, and those of what is held and waited for.
std::vector<PlantedBug> bugs_of_containers();
std::vector<PlantedBug> bugs_of_held_objects();

}  // namespace syncmanager::linearizability

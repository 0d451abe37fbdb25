#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "manager/core/call.h"

namespace syncmanager::manager {

// Python's a + b of two encoded numbers. Refuses the call, with Python's error and message, where
// there is no sum: BAD_TYPE for what isn't a number, OVERFLOW_ERROR for an integer too large for a
// float, RESOURCE_EXHAUSTED for an integer too long for us.
std::optional<std::string> sum_of(Call& call, std::string_view a, std::string_view b);

}  // namespace syncmanager::manager

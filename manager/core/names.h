#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "manager/core/limits.h"

namespace syncmanager::manager {

// Whether `name` may be an object's: 1 to 255 bytes of valid UTF-8 in at most 16 segments between
// slashes, none of them empty, "." or ".."; no control characters and nothing that changes the
// direction or the line of a log. INVALID_ARGUMENT names the rule that is broken.
absl::Status check_name(std::string_view name, const Limits& limits);

// Whether a session that was granted `prefix` may touch what has that name. Whole segments count:
// "/jobs/" is no prefix of "/jobsX". PERMISSION_DENIED otherwise.
absl::Status check_prefix(std::string_view name, std::string_view prefix);

}  // namespace syncmanager::manager

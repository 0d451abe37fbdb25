#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace syncmanager::manager {

// Sets up the log: lines on standard error that a person can read, or with `json` one JSON object a
// line. In both, whatever isn't printable is escaped, so that no text of a peer breaks a line, and
// what is longer than a line may be is cut. A thread that logs never waits for a reader of standard
// error: lines are dropped then, and counted (LogWriter). spdlog::default_logger()->flush() waits
// for 100 ms at most. INVALID_ARGUMENT if `level` is none of debug, info, warn, error, off. Call it
// once, before there are threads.
absl::Status set_up_log(std::string_view level, bool json);

// `text` on one line: control characters and what else changes the look of a line become \u and
// four hexadecimal digits, bytes that aren't UTF-8 \x and two. All else stays.
std::string on_one_line(std::string_view text);
// The same as the inside of a JSON string.
std::string in_json(std::string_view text);

}  // namespace syncmanager::manager

#pragma once

#include <map>
#include <string>
#include <string_view>

namespace syncmanager::bench {

// The figures of one measurement, by name.
using Sample = std::map<std::string, double>;

// A Sample as a line `name=figure name=figure`, which is how client programs answer.
std::string to_line(const Sample& sample);
// The inverse of to_line(). Throws std::runtime_error with the line if it isn't a Sample, because
// it may be the program's last message.
Sample from_line(std::string_view line);

}  // namespace syncmanager::bench

#pragma once

#include <map>
#include <string>
#include <string_view>

namespace syncmanager::bench {

// What one measurement found: the name of each figure and the figure.
using Sample = std::map<std::string, double>;

// A Sample as a line `name=figure name=figure`, which is how client programs answer.
std::string to_line(const Sample& sample);
// The inverse of to_line(); throws std::runtime_error with the line if it isn't one: it may be the
// program's last words.
Sample from_line(std::string_view line);

}  // namespace syncmanager::bench

#pragma once

#include <string>
#include <vector>

#include "tools/bench/row.h"

namespace syncmanager::bench {

// The results as a table for people: name, ours, peer, ratio, goal, met; each figure a median with
// the least and the greatest of the rounds behind it. `colour`: with terminal colours.
std::string to_table(const std::vector<Result>& results, bool colour);

// The results for programs: a JSON array with an object for each row: name, unit, ours, peer,
// peer_name, ratio (how many times better ours is), goal, met, and spread: the least and the
// greatest of ours, peer and ratio. Figures are in SI units: operations a second, seconds, bytes,
// and shares of one; an unknown figure is null.
std::string to_json(const std::vector<Result>& results);

}  // namespace syncmanager::bench

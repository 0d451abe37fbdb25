#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace syncmanager {

// The candidate that the fewest changes of one letter, at most two, make of `word`. A change adds,
// drops or replaces a letter, or swaps two neighbours. Empty if there is none.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace syncmanager

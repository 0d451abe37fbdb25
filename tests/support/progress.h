#pragma once

#include <string>

namespace syncmanager {

// A line that writes over itself, where somebody looks. A share of 1 is all.
void show_progress(const std::string& what, double share);
// Leaves none behind.
void hide_progress();

}  // namespace syncmanager

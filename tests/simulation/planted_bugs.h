#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/simulation/flaw.h"

namespace syncmanager::manager::simulation {

// A way in which a manager could be wrong.
struct PlantedBug {
  std::string name;
  std::string kind;   // Of the object that shows it.
  std::string shows;  // A part of what is said of the broken promise.
  Flaw flaw;

  // As a test names it.
  friend void PrintTo(const PlantedBug& bug, std::ostream* out) { *out << bug.name; }
};

const std::vector<PlantedBug>& planted_bugs();

}  // namespace syncmanager::manager::simulation

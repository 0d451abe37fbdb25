#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/linearizability/core_recorder.h"

namespace syncmanager::linearizability {

// A way in which an object could be wrong, and for which a checker is there.
struct PlantedBug {
  std::string name;
  ObjectKind kind;  // Of the object that has it.
  PlantBug plant;

  // As a test names it.
  friend void PrintTo(const PlantedBug& bug, std::ostream* out) { *out << bug.name; }
};

const std::vector<PlantedBug>& planted_bugs();

}  // namespace syncmanager::linearizability

#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/linearizability/core_recorder.h"

namespace syncmanager::linearizability {

// A bug of an object that the checker must find.
struct PlantedBug {
  std::string name;
  ObjectKind kind;  // Of the object that has it.
  PlantBug plant;

  // The name in a test.
  friend void PrintTo(const PlantedBug& bug, std::ostream* out) { *out << bug.name; }
};

const std::vector<PlantedBug>& planted_bugs();

}  // namespace syncmanager::linearizability

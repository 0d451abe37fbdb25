#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/asked.h"
#include "tests/support/options.h"

namespace syncmanager::manager::simulation {

// A kind of object that a world may have.
struct Kind {
  std::string name;
  OpenOptions options;
  wire::Request::OpCase op;
  std::vector<Verb> verbs;  // What is asked often stands here often.
  // The kind that it works with, which is made before: a Condition's lock, the dead letters.
  std::optional<size_t> partner = {};
};

const std::vector<Kind>& kinds();
// By its name, which must be there.
size_t kind_named(const std::string& name);

}  // namespace syncmanager::manager::simulation

#pragma once

#include <optional>
#include <string>

#include "tests/simulation/figures.h"
#include "tests/simulation/flaw.h"
#include "tests/simulation/step.h"

namespace syncmanager::manager::simulation {

// A violation and the step of the program where it showed; the end counts as one more step.
struct Failure {
  std::string violation;
  size_t step = 0;
};

// Runs the program in a world of its own. Nothing: all promises were kept.
std::optional<Failure> run(const Program& program, Figures& figures, const Flaw& flaw = {});

// The same program with as few steps as still fail, each with the client whose it was. REQUIRES: it
// fails.
Program shrunk(Program program, const Flaw& flaw = {});

}  // namespace syncmanager::manager::simulation

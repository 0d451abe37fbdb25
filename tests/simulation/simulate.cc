#include "tests/simulation/simulate.h"

#include <algorithm>
#include <utility>

#include "tests/simulation/violation.h"
#include "tests/simulation/world.h"

namespace syncmanager::manager::simulation {
namespace {

// Tells each step of the program whose it was.
std::optional<Failure> run_and_tell(Program& program, Figures& figures, const Flaw& flaw) {
  size_t number = 0;
  try {
    World world(program, flaw, figures);
    for (Step& step : program.steps) {
      ++number;
      figures.steps += world.perform(step);
    }
    ++number;
    world.finish();
  } catch (const Violation& violation) {
    return Failure{violation.what(), number};
  }
  return std::nullopt;
}

bool fails(Program program, const Flaw& flaw) {
  Figures figures;
  return run_and_tell(program, figures, flaw).has_value();
}

// Leaves out pieces of `piece` steps wherever the program fails without them.
void leave_out(Program& program, size_t piece, const Flaw& flaw) {
  for (size_t from = 0; from < program.steps.size();) {
    Program rest = program;
    const auto begin = rest.steps.begin() + static_cast<std::ptrdiff_t>(from);
    const size_t length = std::min(piece, rest.steps.size() - from);
    rest.steps.erase(begin, begin + static_cast<std::ptrdiff_t>(length));
    if (fails(rest, flaw)) {
      program = std::move(rest);
    } else {
      from += piece;
    }
  }
}

}  // namespace

std::optional<Failure> run(const Program& program, Figures& figures, const Flaw& flaw) {
  Program told = program;
  return run_and_tell(told, figures, flaw);
}

Program shrunk(Program program, const Flaw& flaw) {
  Figures figures;
  const size_t last = run_and_tell(program, figures, flaw)->step;
  program.steps.resize(std::min(last, program.steps.size()));
  for (size_t piece = program.steps.size() / 2; piece > 1; piece /= 2) {
    leave_out(program, piece, flaw);
  }
  size_t before = 0;
  do {
    before = program.steps.size();
    leave_out(program, 1, flaw);
  } while (program.steps.size() < before);
  run_and_tell(program, figures, flaw);
  return program;
}

}  // namespace syncmanager::manager::simulation

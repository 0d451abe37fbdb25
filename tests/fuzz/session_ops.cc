// The random workload with the input as its dice: what sessions ask, when they leave or are
// killed, when time passes. The accounting is checked after each step, and the stage gives the same
// inputs to a second Engine in the end.
#include "tests/fuzz/expectations.h"
#include "tests/support/random_workload.h"

namespace syncmanager {

void fuzz(std::string_view input) {
  {
    WrittenDice dice(input);
    const bool drains = dice.percent(20);
    manager::RandomWorkload workload(dice);
    for (int step = 0; step < 200 && !dice.at_end(); ++step) {
      workload.step();
      workload.check();
    }
    if (drains) workload.drain(5);
  }
  require_expectations();
}

}  // namespace syncmanager

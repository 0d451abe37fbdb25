// The storm of tests/support with the input as its dice: what sessions ask, when they leave or are
// killed, when time passes. The figures are recounted after each step, and the stage gives the same
// inputs to a second Engine in the end.
#include "tests/fuzz/expectations.h"
#include "tests/support/storm.h"

namespace syncmanager::manager {

void fuzz(std::string_view input) {
  {
    WrittenDice dice(input);
    const bool drains = dice.percent(20);
    Storm storm(dice);
    for (int step = 0; step < 200 && !dice.at_end(); ++step) {
      storm.step();
      storm.check();
    }
    if (drains) storm.drain(5);
  }
  require_expectations();
}

}  // namespace syncmanager::manager

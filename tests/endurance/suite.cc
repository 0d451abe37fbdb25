#include "tests/endurance/suite.h"

#include <thread>

namespace syncmanager::endurance {

void require(bool holds, const std::string& seen) {
  if (!holds) throw Violation(seen);
}

void let_pass(std::chrono::microseconds time) { std::this_thread::sleep_for(time); }

}  // namespace syncmanager::endurance

#include "tests/endurance/suite.h"

#include <unistd.h>

#include <iostream>
#include <thread>

#include "absl/strings/str_format.h"

namespace syncmanager::endurance {

void require(bool holds, const std::string& seen) {
  if (!holds) throw Violation(seen);
}

void show_progress(std::string_view suite, double share) {
  if (::isatty(STDERR_FILENO) == 0) return;
  std::cerr << absl::StrFormat("\r\033[K%3.0f %%  %s", share * 100, suite.data()) << std::flush;
}

void let_pass(std::chrono::microseconds time) { std::this_thread::sleep_for(time); }

}  // namespace syncmanager::endurance

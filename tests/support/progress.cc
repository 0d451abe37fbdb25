#include "tests/support/progress.h"

#include <unistd.h>

#include <iostream>

#include "absl/strings/str_format.h"

namespace syncmanager {
namespace {

constexpr const char* kEmptyLine = "\r\033[K";

bool somebody_looks() { return ::isatty(STDERR_FILENO) != 0; }

}  // namespace

void show_progress(const std::string& what, double share) {
  if (!somebody_looks()) return;
  std::cerr << kEmptyLine << absl::StrFormat("%3.0f %%  %s", share * 100, what) << std::flush;
}

void hide_progress() {
  if (somebody_looks()) std::cerr << kEmptyLine;
}

}  // namespace syncmanager

#include "tools/bench/usage.h"

#include <time.h>

#include <fstream>
#include <stdexcept>
#include <string>

#include "absl/strings/str_cat.h"

namespace syncmanager::bench {

double cpu_seconds(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) {
    throw std::runtime_error(absl::StrCat("no process ", pid, " to measure"));
  }
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

double private_bytes(pid_t pid) {
  std::ifstream rollup(absl::StrCat("/proc/", pid, "/smaps_rollup"));
  double kib = 0;
  bool found = false;
  for (std::string word; rollup >> word;) {
    if (word != "Private_Dirty:" && word != "Private_Clean:") continue;
    double part = 0;
    if (rollup >> part) kib += part;
    found = true;
  }
  if (!found) throw std::runtime_error(absl::StrCat("no process ", pid, " to measure"));
  return kib * 1024;
}

}  // namespace syncmanager::bench

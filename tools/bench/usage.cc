#include "tools/bench/usage.h"

#include <time.h>

#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace syncmanager::bench {
namespace {

constexpr std::string_view kForgetPeak = "5";  // As proc(5) has it.

// The sum of the lines of this file of the process' in /proc that have one of these names, in
// bytes.
double sum_of_lines(pid_t pid, const char* file, const std::set<std::string>& names) {
  std::ifstream lines(absl::StrCat("/proc/", pid, "/", file));
  double kib = 0;
  bool found = false;
  for (std::string word; lines >> word;) {
    if (!names.contains(word)) continue;
    double part = 0;
    if (lines >> part) kib += part;
    found = true;
  }
  if (!found) throw std::runtime_error(absl::StrCat("no process ", pid, " to measure"));
  return kib * 1024;
}

}  // namespace

double cpu_seconds(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) {
    throw std::runtime_error(absl::StrCat("no process ", pid, " to measure"));
  }
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

double private_bytes(pid_t pid) {
  return sum_of_lines(pid, "smaps_rollup", {"Private_Dirty:", "Private_Clean:"});
}

MemoryPeak::MemoryPeak(pid_t pid) : pid_(pid) {
  std::ofstream(absl::StrCat("/proc/", pid, "/clear_refs")) << kForgetPeak;
  before_ = sum_of_lines(pid, "status", {"VmRSS:"});
}

double MemoryPeak::growth() const { return sum_of_lines(pid_, "status", {"VmHWM:"}) - before_; }

}  // namespace syncmanager::bench

#include "manager/memory.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();

uint64_t of_machine() {
  return static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

// The number in that file; no limit if there is no file, or no number in it ("max").
uint64_t number_in(const std::string& file) {
  uint64_t number = 0;
  return std::ifstream(file) >> number ? number : kNoLimit;
}

// A limit of an outer group holds for those in it.
uint64_t of_group(const std::string& hierarchy, std::filesystem::path group,
                  std::string_view file) {
  uint64_t least = kNoLimit;
  while (true) {
    least = std::min(least, number_in(str_cat(hierarchy, group.string(), "/", file)));
    if (group == group.parent_path()) return least;
    group = group.parent_path();
  }
}

// A line is "number:controllers:/group". Version 2 has one hierarchy, without controllers here.
uint64_t of_control_groups() {
  uint64_t least = kNoLimit;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::string group = line.substr(std::min(line.find('/'), line.size()));
    if (line.starts_with("0::")) {
      least = std::min(least, of_group("/sys/fs/cgroup", group, "memory.max"));
    } else if (line.find(":memory:") != std::string::npos) {
      least = std::min(least, of_group("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
  }
  return least;
}

uint64_t of_resource_limits() {
  uint64_t least = kNoLimit;
  for (const auto resource : {RLIMIT_AS, RLIMIT_DATA}) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
      least = std::min<uint64_t>(least, limit.rlim_cur);
    }
  }
  return least;
}

}  // namespace

uint64_t available_memory() {
  return std::min({of_machine(), of_control_groups(), of_resource_limits()});
}

void keep_freed_memory() {
  // The most that glibc takes. It arrives there by itself, once a block of 32 MiB was freed.
  constexpr int kGivenBackAtOnce = 32 << 20, kKept = 64 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kGivenBackAtOnce);
  ::mallopt(M_TRIM_THRESHOLD, kKept);
}

}  // namespace syncmanager::manager

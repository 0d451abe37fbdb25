#include "tests/support/memory_search.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace syncmanager {
namespace {

constexpr size_t kPartBytes = 16;
constexpr size_t kLargestRegion = size_t{1} << 28;

}  // namespace

std::string complement(std::string bytes) {
  for (char& byte : bytes) byte = static_cast<char>(~byte);
  return bytes;
}

size_t count_in_memory(pid_t process, const std::string& inverted) {
  const std::string directory = "/proc/" + std::to_string(process);
  const int memory = ::open((directory + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  if (memory < 0) throw std::runtime_error("can't read the memory of a process");
  std::ifstream maps(directory + "/maps");
  std::vector<std::pair<uintptr_t, uintptr_t>> regions;
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0, end = 0;
    char write = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx %*c%c", &begin, &end, &write) == 3 && write == 'w') {
      regions.emplace_back(begin, end);
    }
  }
  size_t count = 0;
  const auto same = [](char found, char wanted) { return found == static_cast<char>(~wanted); };
  for (const auto& [begin, end] : regions) {
    if (end - begin > kLargestRegion) continue;
    std::vector<char> bytes(end - begin);
    const ssize_t size = ::pread(memory, bytes.data(), bytes.size(), static_cast<off_t>(begin));
    if (size <= 0) continue;
    const auto last = bytes.begin() + size;
    for (auto at = bytes.begin();; ++at) {
      at = std::search(at, last, inverted.begin(), inverted.end(), same);
      if (at == last) break;
      ++count;
    }
    // The buffer may hold a copy of a secret, and the next region may hold this block.
    std::fill(bytes.begin(), bytes.end(), '\0');
  }
  ::close(memory);
  return count;
}

size_t count_parts_in_memory(pid_t process, const std::string& inverted) {
  size_t count = 0;
  for (size_t i = 0; i + kPartBytes <= inverted.size(); i += kPartBytes / 4) {
    count += count_in_memory(process, inverted.substr(i, kPartBytes));
  }
  return count;
}

}  // namespace syncmanager

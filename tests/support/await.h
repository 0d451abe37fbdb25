#pragma once

#include <chrono>
#include <thread>

namespace syncmanager {

// Looks until `holds()`; false if that takes longer than `patience`.
template <class Predicate>
[[nodiscard]] bool await(Predicate holds, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace syncmanager

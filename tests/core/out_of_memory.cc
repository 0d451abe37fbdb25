// Memory runs out at one allocation after the other of a storm of requests: the process ends there
// with its message, and nobody takes the failure for something else and goes on.
//
// A program of its own, for its operator new.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>
#include <utility>

#include "manager/hardening.h"
#include "tests/support/storm.h"

namespace {

uint64_t left = std::numeric_limits<uint64_t>::max();  // Allocations, until there is no memory.

}  // namespace

void* operator new(size_t size) {
  if (left == 0) std::get_new_handler()();
  --left;
  void* const memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace syncmanager::manager {
namespace {

// Returns how many allocations it took.
uint64_t storm_with(uint64_t allocations) {
  SeededDice dice(1);
  left = allocations;
  {
    Storm storm(dice);
    for (int step = 0; step < 300; ++step) {
      storm.step();
      storm.check();
    }
  }
  return allocations - std::exchange(left, std::numeric_limits<uint64_t>::max());
}

TEST(OutOfMemoryDeathTest, EndsTheProcessWithItsMessageWhereverItHappens) {
  prepare_process();
  constexpr uint64_t kEnough = std::numeric_limits<uint64_t>::max();
  storm_with(kEnough);  // What is allocated once a process.
  const uint64_t all = storm_with(kEnough);
  constexpr uint64_t kPoints = 500;
  ASSERT_GT(all, 10 * kPoints);
  for (uint64_t point = 0; point < kPoints; ++point) {
    ASSERT_DEATH(storm_with(all * point / kPoints), "out of memory") << "of allocation " << point;
  }
}

}  // namespace
}  // namespace syncmanager::manager

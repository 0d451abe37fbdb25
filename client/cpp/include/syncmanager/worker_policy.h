#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace syncmanager {

// When a worker takes tasks, reports results and gives tasks back: the C++ worker (TaskBatch) and
// Python's (_tasks/worker.py) alike. Pure; any thread.
struct WorkerPolicy {
  using Duration = std::chrono::steady_clock::duration;

  // Results wait this long for others to be reported with them.
  static constexpr std::chrono::milliseconds kReportAfter{2};
  // A task that takes longer than this holds up no other task of its batch: those that are done are
  // reported, and those that aren't begun are given back.
  static constexpr std::chrono::milliseconds kGiveBackAfter{20};
  // The largest number of tasks that a worker takes together.
  static constexpr uint64_t kMaxTasks = 64;

  // Returns the number of tasks to take after a batch of which `done` tasks were done in `took`:
  // twice as many if the batch was short, else one.
  static uint64_t next_batch(uint64_t done, Duration took) {
    return took < kReportAfter ? std::clamp<uint64_t>(2 * done, 1, kMaxTasks) : 1;
  }
};

}  // namespace syncmanager

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "tools/bench/caller.h"
#include "tools/bench/sample.h"

namespace syncmanager::bench {

using Nanoseconds = std::chrono::nanoseconds;

constexpr size_t kKeyBytes = 16;
constexpr size_t kValueBytes = 32;
constexpr size_t kKeysPerThread = 1000;
// The keys of a load's client `index` and thread `t` begin at (index * this + t) * kKeysPerThread.
constexpr int kThreadsAtMost = 64;

// CLOCK_MONOTONIC, in nanoseconds.
int64_t monotonic_now();

// What the threads of one client process do.
struct Load {
  size_t in_flight = 1;  // Operations under way at a time, for each thread.
  // With several in flight: send all, then receive all. Otherwise an answer makes room for the next
  // operation.
  bool batch = false;
  Nanoseconds start{};  // Until then it warms up.
  Nanoseconds end{};
};

// Runs the load in `threads` threads, each with a caller of its own, and answers what the command
// `load` does (client_program.h). Throws what a thread's caller threw.
Sample run_load(Caller& caller, const Load& load, size_t threads, int index);

}  // namespace syncmanager::bench

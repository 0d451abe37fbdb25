#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace syncmanager {

// A pool as a person wants to see it; of each list the first 1,000.
struct PoolState {
  struct Worker {
    uint64_t session = 0;
    uint64_t caller = 0;
    std::string client;                 // The name the client gave itself.
    std::chrono::microseconds since{};  // How long it has been one.
    uint64_t done = 0;
    uint64_t in_hand = 0;
    std::string function;                        // What it does; empty if it waits.
    std::chrono::microseconds function_since{};  // For how long.
    std::vector<std::string> offers;
  };
  // The tasks of one function that wait for a worker.
  struct Line {
    std::string function;
    uint64_t tasks = 0;
    bool offered = false;  // Some worker can do it.
  };
  struct Dead {
    uint64_t task = 0;  // Its number, for Pool::retry.
    std::string function;
    std::chrono::microseconds since{};  // How long it has been dead.
    std::vector<std::string> workers;   // Those that died with it, the first one first.
  };

  std::vector<Worker> workers;
  std::vector<Line> lines;
  std::vector<Dead> dead;
  uint64_t in_hand = 0;
  uint64_t delayed = 0;  // To be tried again later.
  uint64_t done = 0;
};

}  // namespace syncmanager

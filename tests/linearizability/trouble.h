#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "tests/support/chaos_proxy.h"
#include "tests/support/dice.h"

namespace syncmanager::linearizability {

// Faults of a network, each for a few milliseconds, one after the other until its end.
class Trouble {
 public:
  Trouble(ChaosProxy& network, uint64_t seed);
  // Heals it.
  ~Trouble() { end(); }
  Trouble(const Trouble&) = delete;
  Trouble& operator=(const Trouble&) = delete;

  // The same. Returns how many faults there were.
  uint64_t end();

 private:
  void run();
  bool ends_within(std::chrono::milliseconds time);

  ChaosProxy& network_;
  SeededDice dice_;
  uint64_t faults_ = 0;
  std::mutex mutex_;
  std::condition_variable end_;
  bool ending_ = false;  // By mutex_.
  std::thread thread_;
};

}  // namespace syncmanager::linearizability

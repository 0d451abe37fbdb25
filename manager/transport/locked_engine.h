#pragma once

#include <cstdint>
#include <limits>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "manager/core/engine.h"

namespace syncmanager::manager {

// The Engine and the one mutex of the manager that protects it. The thread that has read a frame
// locks the mutex, applies the frame, collects the output and unlocks before it writes. Nothing
// that waits, writes or allocates much is done under the lock, and no other lock is taken under it.
// Any thread.
class LockedEngine {
 public:
  // REQUIRES: `catalog` outlives it. Reads the clock and draws the hash key, once, for the Engine's
  // first input. Throws std::runtime_error if the machine has no random bytes.
  LockedEngine(std::span<const TypeRow> catalog, const Limits& limits, std::string_view server_id);

  // Calls `step(engine)` under the lock and returns what it returns.
  template <typename Step>
  decltype(auto) ask(Step&& step) {
    const std::lock_guard lock(mutex_);
    return std::forward<Step>(step)(engine_);
  }

  // Calls `step(engine)`, an input, under the lock. Returns the sessions that have new output.
  template <typename Step>
  std::vector<SessionNumber> apply(Step&& step) {
    const std::lock_guard lock(mutex_);
    std::forward<Step>(step)(engine_);
    return engine_.take_touched();
  }

  // Output that depends on no later input than this may leave. Without a journal: all of it.
  static uint64_t durable() { return std::numeric_limits<uint64_t>::max(); }

 private:
  std::mutex mutex_;
  Engine engine_;
};

}  // namespace syncmanager::manager

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "manager/core/time.h"

namespace syncmanager::manager {

// Every upper bound the Engine keeps, and why it is what it is. A request beyond one is refused
// with RESOURCE_EXHAUSTED (or INVALID_ARGUMENT where no state of ours could make it right); nothing
// is changed then. Sizes are bytes.
struct Limits {
  // A value larger than a frame travels in parts; protobuf reads messages of 2 GiB.
  static constexpr uint64_t kMaxValueBytes = (uint64_t{2} << 30) - (128 << 10);
  uint64_t value_bytes = uint64_t{256} << 20;
  // Checked iteratively; far below what recursion over a stored value could bear.
  uint32_t value_depth = 32;

  size_t name_bytes = 255;
  size_t name_segments = 16;

  uint64_t objects = 100'000;
  uint64_t anonymous_per_session = 10'000;
  uint64_t object_bytes = uint64_t{256} << 20;
  // The largest request: one that fills an object, and what is around its values.
  uint64_t request_bytes() const {
    return std::min(std::max(value_bytes, object_bytes), kMaxValueBytes) + (64 << 10);
  }
  uint64_t total_bytes = uint64_t{1} << 30;

  uint64_t sessions = 4096;
  uint64_t sessions_per_key = 1024;
  // A session's parked calls: a process with more waiting threads than this is a leak of threads.
  uint64_t parked_per_session = 256;
  uint64_t parked_total = 100'000;
  // Replies that a session hasn't acknowledged, kept for its resumption. Beyond it the Engine
  // refuses the session's requests, so that one frame of small requests can't ask for more output
  // than there is memory, and the transport ends the session.
  uint64_t unacknowledged_bytes = uint64_t{16} << 20;

  // The size of a page of a container, and so of the largest reply.
  size_t page_bytes = size_t{1} << 20;

  // Callers that hold an RWLock at a time. Clients number their callers, so nothing else bounds
  // them.
  uint64_t readers = 100'000;
  // A pool stores more of a task than its arguments are charged for.
  uint64_t pool_tasks = 1'000'000;
  // Functions of a pool's unfinished tasks: a worker's offers are looked up in them.
  uint64_t pool_functions = 1000;
  uint64_t pool_offers = 100;  // Of one worker.
  uint64_t dead_tasks = 1000;  // The oldest is forgotten then.
  int64_t barrier_parties = 1'000'000;
  int64_t semaphore_value = (int64_t{1} << 31) - 1;
  // How long a reference that was sent may take to arrive. Long, as messages wait in their queues
  // for a busy receiver, and bounded, as some never arrive.
  Duration in_flight = std::chrono::minutes(5);
  // A year: longer timeouts are refused, as they are mistakes of unit.
  Duration timeout = std::chrono::hours(24 * 365);
};

}  // namespace syncmanager::manager

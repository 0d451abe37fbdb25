#pragma once

#include <cstdint>
#include <functional>

#include "tools/bench/scenario.h"
#include "tools/bench/visit.h"

namespace syncmanager::bench::scenarios {

// Client processes set and get the entries of a dict in turn. The figures are ops (calls a second),
// server_us and client_us (CPU for a call), and with one call in flight p50_us and p99_us.
struct DictCalls {
  int processes = 1;
  int threads = 1;    // Of each process.
  int in_flight = 1;  // Calls under way at a time, for each thread.
  // With several in flight: a thread sends all and then receives all. Otherwise each answer makes
  // room for the next call.
  bool batch = false;
};

Scenario processes(int count);
Scenario threads(int count);
Scenario in_flight(int count);
Scenario batches(int size);

// Measures `calls` for `seconds`, after a warm-up. Calls `begun`, if there is one, with the
// end of the measurement when the clients are connected.
Sample measure_dict_calls(Visit& visit, const DictCalls& calls, double seconds,
                          const std::function<void(int64_t end)>& begun = {});

}  // namespace syncmanager::bench::scenarios

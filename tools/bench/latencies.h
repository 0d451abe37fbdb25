#pragma once

#include <cstdint>
#include <vector>

#include "tools/bench/sample.h"

namespace syncmanager::bench {

// The duration of each operation, in nanoseconds.
using Latencies = std::vector<int64_t>;

// Sets p50_us and p99_us, in microseconds; leaves them out if `latencies` is empty.
void summarize(Latencies latencies, Sample& sample);

}  // namespace syncmanager::bench

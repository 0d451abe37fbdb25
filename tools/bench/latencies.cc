#include "tools/bench/latencies.h"

#include <algorithm>
#include <cstddef>

namespace syncmanager::bench {
namespace {

double percentile_us(const Latencies& sorted, size_t percent) {
  const size_t place = std::min(sorted.size() * percent / 100, sorted.size() - 1);
  return static_cast<double>(sorted[place]) / 1000;
}

}  // namespace

void summarize(Latencies latencies, Sample& sample) {
  if (latencies.empty()) return;
  std::sort(latencies.begin(), latencies.end());
  sample["p50_us"] = percentile_us(latencies, 50);
  sample["p99_us"] = percentile_us(latencies, 99);
}

}  // namespace syncmanager::bench

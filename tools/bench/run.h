#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/bench/row.h"
#include "tools/bench/scenario.h"

namespace syncmanager::bench {

// How much is measured.
struct Effort {
  int rounds = 5;
  double seconds = 0.5;      // Of each load.
  bool steady_once = false;  // What hardly varies, memory above all, in the first round only.
  // What goes through of a large value in all rounds, in MiB; in one round at least.
  int mebibytes = 192;
};

// What a run found. `failures` has a sentence for each visit that failed; its rows lack figures.
struct Findings {
  std::vector<Result> results;
  std::vector<std::string> failures;
};

// Visits a server once; throws std::exception if that fails. Laboratory::measure, or a test's.
using Measure = std::function<Sample(const Setup&, const Scenario&)>;
// Where a run is: visits done and to do, and the one that begins.
using Progress = std::function<void(size_t done, size_t all, const std::string& visit)>;

// Measures the rows. Each round visits each pair of setup and scenario once, those of one scenario
// side by side, so that whatever else the machine does meets all systems alike. A visit that failed
// is left out of the rounds after.
Findings run(const std::vector<Row>& rows, const Measure& measure, const Effort& effort,
             const Progress& progress);

}  // namespace syncmanager::bench

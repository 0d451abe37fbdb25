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
  double seconds = 0.5;      // The length of a measurement.
  bool steady_once = false;  // Measure steady scenarios in the first round only.
  // A scenario with large values has as many rounds as move this much, and one at least.
  int mebibytes = 192;
};

// The result of a run. `failures` has a sentence for each failed visit, whose rows lack figures.
struct Findings {
  std::vector<Result> results;
  std::vector<std::string> failures;
};

// Measures a scenario on a setup once (Servers::measure, or a test's function). Throws
// std::exception if that fails.
using Measure = std::function<Sample(const Setup&, const Scenario&)>;
// Reports the number of finished visits, the number of all visits, and the visit that begins.
using Progress = std::function<void(size_t done, size_t all, const std::string& visit)>;

// Measures the rows. Each round visits each pair of scenario and setup once. The visits of a
// scenario follow each other, so that other work of the machine meets all systems alike. The rounds
// after a failed visit leave it out.
Findings run(const std::vector<Row>& rows, const Measure& measure, const Effort& effort,
             const Progress& progress);

}  // namespace syncmanager::bench

#pragma once

#include <functional>
#include <string>

#include "tools/bench/sample.h"

namespace syncmanager::bench {

class Visit;

// One way to use a server and to measure it. The files of scenarios/ make the scenarios.
struct Scenario {
  std::string name;  // Unique: "8 processes".
  std::function<Sample(Visit&)> measure;
  // Whether one visit says as much as several, and takes seconds.
  bool steady = false;
  // The size of the largest value that a visit moves, in MiB. The larger it is, the fewer rounds
  // a run affords.
  int mebibytes = 0;
};

}  // namespace syncmanager::bench

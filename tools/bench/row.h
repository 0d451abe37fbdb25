#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/bench/scenario.h"
#include "tools/bench/server.h"
#include "tools/bench/spread.h"

namespace syncmanager::bench {

enum class Unit {
  kOperations,
  kMicroseconds,
  kBytes,
  kBytesASecond,
  kSeconds,
  kPercent,
  kThreads,
  kValues,  // Memory, as a multiple of a large value.
};

// A figure that one visit of a round finds: which setup, what was done, which figure of it.
struct Source {
  Setup setup;
  Scenario scenario;
  std::string figure;
};

// What a row must reach to be met.
struct Goal {
  enum class Kind { kNone, kRatioAtLeast, kAtMost, kAtLeast };
  Kind kind = Kind::kNone;
  double limit = 0;  // In the row's unit, or a ratio.
};

// One line of the result: a figure of ours, and usually the same of a peer.
struct Row {
  std::string section;
  std::string name;  // Unique.
  Unit unit = Unit::kOperations;
  Source ours;
  std::optional<Source> peer;
  std::string peer_name;
  Goal goal;
};

// Every row that the bench knows, in the order of the table. Large values are smaller in a quick
// run.
std::vector<Row> all_rows(bool quick);

// A row with what the rounds found. A side without a figure failed, or had no round yet.
struct Result {
  Row row;
  std::optional<Spread> ours;
  std::optional<Spread> peer;
  // How many times better ours is, by round, as both sides of a round met the same conditions: more
  // operations, or less of anything else.
  std::optional<Spread> ratio;

  // Nothing without a goal or without the figures that it needs.
  std::optional<bool> met() const;
};

}  // namespace syncmanager::bench

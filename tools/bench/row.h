#pragma once

#include <optional>
#include <string>

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

// Where a figure comes from: a visit of a scenario to a setup, and the name of the figure.
struct Source {
  Setup setup;
  Scenario scenario;
  std::string figure;
};

// The figure that a row should reach.
struct Goal {
  enum class Kind { kNone, kRatioAtLeast, kAtMost, kAtLeast };
  Kind kind = Kind::kNone;
  double limit = 0;  // In the row's unit, or a ratio.
};

// One line of the result: a figure of ours, and usually the same figure of a peer.
struct Row {
  std::string section;
  std::string name;  // Unique.
  Unit unit = Unit::kOperations;
  Source ours;
  std::optional<Source> peer;
  std::string peer_name;
  Goal goal;
};

// A row with the figures of all rounds. A side without a figure has failed.
struct Result {
  Row row;
  std::optional<Spread> ours;
  std::optional<Spread> peer;
  // How many times better ours is: more operations, or less of anything else. It is computed within
  // each round, where both sides met the same conditions.
  std::optional<Spread> ratio;

  // Empty without a goal or without the figures that the goal needs.
  std::optional<bool> met() const;
};

}  // namespace syncmanager::bench

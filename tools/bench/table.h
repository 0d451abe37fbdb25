#pragma once

#include <string>
#include <vector>

#include "tools/bench/row.h"

namespace syncmanager::bench {

constexpr Setup kOursUnix{System::kOurs, Transport::kUnix};
constexpr Setup kOursTcp{System::kOurs, Transport::kTcp};
constexpr Setup kOursTls{System::kOurs, Transport::kTls};
constexpr Setup kOursNoSpin{System::kOurs, Transport::kUnix, false};
constexpr Setup kPythonUnix{System::kPython, Transport::kUnix};
constexpr Setup kPythonTcp{System::kPython, Transport::kTcp};

// Goals: `ours` must be that many times better than its peer, or must not exceed a figure.
constexpr Goal ratio(double limit) { return {Goal::Kind::kRatioAtLeast, limit}; }
constexpr Goal at_most(double limit) { return {Goal::Kind::kAtMost, limit}; }

// Collects the rows of the bench. Each row shows one figure of a scenario on a setup of ours, and
// usually the same figure of a peer.
class Table {
 public:
  explicit Table(bool quick) : quick_(quick) {}

  // Whether the rows are those of a quick run.
  bool quick() const { return quick_; }

  // Begins a section; its rows show `figure`.
  void begin(std::string section, Unit unit, std::string figure);

  // Compares `ours` with another system over the same transport.
  void add(const Setup& ours, const Scenario& scenario, System peer, Goal goal = {});
  // Compares `ours` with another setup.
  void add_against(const Setup& ours, const Scenario& scenario, const Setup& peer,
                   const std::string& peer_name, Goal goal);
  // Compares the section's figure with another figure of the same visit.
  void add_beside(const Setup& ours, const Scenario& scenario, const std::string& peer_figure,
                  const std::string& peer_name, Goal goal);
  // Compares the scenario with another one on the same setup.
  void add_against_scenario(const Setup& ours, const Scenario& scenario, const Scenario& other,
                            Goal goal);
  void add_alone(const Setup& ours, const Scenario& scenario, Goal goal);
  // Adds a scenario that needs no server, and whose name therefore says no setup.
  void add_without_server(const Scenario& scenario, Goal goal);

  std::vector<Row> take() { return std::move(rows_); }

 private:
  const bool quick_;
  std::string section_;
  Unit unit_ = Unit::kOperations;
  std::string figure_;
  std::vector<Row> rows_;
};

}  // namespace syncmanager::bench

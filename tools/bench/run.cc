#include "tools/bench/run.h"

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace syncmanager::bench {
namespace {

// The samples of a pair of scenario and setup, by round; empty where a visit wasn't made or failed.
using Samples = std::vector<std::optional<Sample>>;

// Every pair that the rows need, by the name of the scenario and the setup.
class Pairs {
 public:
  struct Pair {
    Scenario scenario;
    Setup setup;
    Samples samples = {};
    bool failed = false;
  };

  explicit Pairs(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      add(row.ours);
      if (row.peer) add(*row.peer);
    }
    // Scenarios are visited in the order of the rows, and the setups of each in their own order.
    std::map<std::string, size_t> first;
    for (size_t i = 0; i < pairs_.size(); ++i) first.try_emplace(pairs_[i].scenario.name, i);
    std::sort(pairs_.begin(), pairs_.end(), [&](const Pair& a, const Pair& b) {
      return std::tuple(first.at(a.scenario.name), a.setup) <
             std::tuple(first.at(b.scenario.name), b.setup);
    });
  }

  std::vector<Pair>& all() { return pairs_; }
  const Samples& samples_of(const Source& source) const { return find(source)->samples; }

 private:
  std::vector<Pair>::const_iterator find(const Source& source) const {
    return std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& pair) {
      return pair.scenario.name == source.scenario.name && pair.setup == source.setup;
    });
  }
  void add(const Source& source) {
    if (find(source) == pairs_.end()) pairs_.push_back({source.scenario, source.setup});
  }

  std::vector<Pair> pairs_;
};

std::vector<std::optional<double>> figures_of(const Pairs& pairs, const Source& source) {
  std::vector<std::optional<double>> figures;
  for (const std::optional<Sample>& sample : pairs.samples_of(source)) {
    figures.emplace_back();
    if (!sample) continue;
    const auto found = sample->find(source.figure);
    if (found != sample->end()) figures.back() = found->second;
  }
  return figures;
}

std::optional<Spread> spread_of_known(const std::vector<std::optional<double>>& figures) {
  std::vector<double> known;
  for (const std::optional<double>& figure : figures) {
    if (figure) known.push_back(*figure);
  }
  if (known.empty()) return std::nullopt;
  return spread_of(std::move(known));
}

size_t rounds_of(const Scenario& scenario, const Effort& effort) {
  if (effort.steady_once && scenario.steady) return 1;
  if (scenario.mebibytes == 0) return static_cast<size_t>(effort.rounds);
  const int affordable = std::max(effort.mebibytes / scenario.mebibytes, 1);
  return static_cast<size_t>(std::min(effort.rounds, affordable));
}

Result result_of(const Row& row, const Pairs& pairs) {
  Result result{row, {}, {}, {}};
  const auto ours = figures_of(pairs, row.ours);
  result.ours = spread_of_known(ours);
  if (!row.peer) return result;
  const auto peer = figures_of(pairs, *row.peer);
  result.peer = spread_of_known(peer);
  std::vector<std::optional<double>> ratios;
  for (size_t round = 0; round < std::min(ours.size(), peer.size()); ++round) {
    if (!ours[round] || !peer[round]) continue;
    const bool more_is_better = row.unit == Unit::kOperations || row.unit == Unit::kBytesASecond;
    const double better = more_is_better ? *ours[round] : *peer[round];
    const double worse = more_is_better ? *peer[round] : *ours[round];
    if (worse > 0) ratios.push_back(better / worse);
  }
  result.ratio = spread_of_known(ratios);
  return result;
}

}  // namespace

Findings run(const std::vector<Row>& rows, const Measure& measure, const Effort& effort,
             const Progress& progress) {
  Pairs pairs(rows);
  size_t all = 0;
  for (const Pairs::Pair& pair : pairs.all()) all += rounds_of(pair.scenario, effort);

  Findings findings;
  size_t done = 0;
  for (size_t round = 0; round < static_cast<size_t>(effort.rounds); ++round) {
    for (Pairs::Pair& pair : pairs.all()) {
      if (round >= rounds_of(pair.scenario, effort)) continue;
      pair.samples.emplace_back();
      const std::string name = absl::StrCat(pair.scenario.name, ", ", describe(pair.setup));
      progress(done++, all, name);
      if (pair.failed) continue;
      try {
        pair.samples.back() = measure(pair.setup, pair.scenario);
      } catch (const std::exception& error) {
        pair.failed = true;
        findings.failures.push_back(absl::StrCat(name, ": ", error.what()));
      }
    }
  }
  for (const Row& row : rows) findings.results.push_back(result_of(row, pairs));
  return findings;
}

}  // namespace syncmanager::bench

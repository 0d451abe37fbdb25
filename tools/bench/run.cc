#include "tools/bench/run.h"

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace syncmanager::bench {
namespace {

// The scenario first: the systems follow each other within it.
using Visit = std::pair<Scenario, Setup>;
// By round; nothing where the visit wasn't made or failed.
using Samples = std::map<Visit, std::vector<std::optional<Sample>>>;

std::vector<std::optional<double>> figures_of(const Samples& samples, const Source& source) {
  std::vector<std::optional<double>> figures;
  for (const std::optional<Sample>& sample : samples.at({source.scenario, source.setup})) {
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
  if (effort.steady_once && scenario.steady()) return 1;
  const int mebibytes = std::max(scenario.mebibytes, scenario.beside_mebibytes);
  if (mebibytes == 0) return static_cast<size_t>(effort.rounds);
  const int affordable = std::max(effort.mebibytes / mebibytes, 1);
  return static_cast<size_t>(std::min(effort.rounds, affordable));
}

Result result_of(const Row& row, const Samples& samples) {
  Result result{row, {}, {}, {}};
  const auto ours = figures_of(samples, row.ours);
  result.ours = spread_of_known(ours);
  if (!row.peer) return result;
  const auto peer = figures_of(samples, *row.peer);
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
  Samples samples;
  for (const Row& row : rows) {
    samples[{row.ours.scenario, row.ours.setup}];
    if (row.peer) samples[{row.peer->scenario, row.peer->setup}];
  }
  size_t all = 0;
  for (const auto& [visit, ignored] : samples) all += rounds_of(visit.first, effort);

  Findings findings;
  std::set<Visit> failed;
  size_t done = 0;
  for (size_t round = 0; round < static_cast<size_t>(effort.rounds); ++round) {
    for (auto& [visit, taken] : samples) {
      const auto& [scenario, setup] = visit;
      if (round >= rounds_of(scenario, effort)) continue;
      taken.emplace_back();
      const std::string name = absl::StrCat(describe(scenario), ", ", describe(setup));
      progress(done++, all, name);
      if (failed.contains(visit)) continue;
      try {
        taken.back() = measure(setup, scenario);
      } catch (const std::exception& error) {
        failed.insert(visit);
        findings.failures.push_back(absl::StrCat(name, ": ", error.what()));
      }
    }
  }
  for (const Row& row : rows) findings.results.push_back(result_of(row, samples));
  return findings;
}

}  // namespace syncmanager::bench

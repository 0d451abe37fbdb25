#include "tools/bench/table.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace syncmanager::bench {

void Table::begin(std::string section, Unit unit, std::string figure) {
  section_ = std::move(section);
  unit_ = unit;
  figure_ = std::move(figure);
}

void Table::add(const Setup& ours, const Scenario& scenario, System peer, Goal goal) {
  const Setup theirs{peer, ours.transport};
  add_against(ours, scenario, theirs, std::string(name_of(peer)), goal);
}

void Table::add_against(const Setup& ours, const Scenario& scenario, const Setup& peer,
                        const std::string& peer_name, Goal goal) {
  add_alone(ours, scenario, goal);
  Row& row = rows_.back();
  absl::StrAppend(&row.name, ", against ", peer_name);
  row.peer = Source{peer, scenario, figure_};
  row.peer_name = peer_name;
}

void Table::add_beside(const Setup& ours, const Scenario& scenario, const std::string& peer_figure,
                       const std::string& peer_name, Goal goal) {
  add_against(ours, scenario, ours, peer_name, goal);
  rows_.back().peer->figure = peer_figure;
}

void Table::add_against_scenario(const Setup& ours, const Scenario& scenario, const Scenario& other,
                                 Goal goal) {
  add_against(ours, scenario, ours, other.name, goal);
  rows_.back().peer->scenario = other;
}

void Table::add_alone(const Setup& ours, const Scenario& scenario, Goal goal) {
  add_without_server(scenario, goal);
  Row& row = rows_.back();
  // Ours is what every row is about, so the name says only how it runs: " over unix".
  absl::StrAppend(&row.name, describe(ours).substr(name_of(System::kOurs).size()));
  row.ours.setup = ours;
}

void Table::add_without_server(const Scenario& scenario, Goal goal) {
  rows_.push_back({.section = section_,
                   .name = absl::StrCat(section_, ": ", scenario.name),
                   .unit = unit_,
                   .ours = {{}, scenario, figure_},
                   .peer = {},
                   .peer_name = {},
                   .goal = goal});
}

}  // namespace syncmanager::bench

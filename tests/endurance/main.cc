// Whether the manager keeps its promises through kills, pauses, bad networks, crowds and time.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "tests/endurance/suite.h"
#include "tests/endurance/worker.h"
#include "tools/progress/progress.h"

namespace syncmanager::endurance {
namespace {

constexpr Suite kSuites[] = {{"kills", kill_clients},
                             {"pauses", stop_clients_and_manager},
                             {"restarts", restart_the_manager},
                             {"network", break_the_network},
                             {"waiters", park_ten_thousand},
                             {"connections", storm_the_entrance},
                             {"soak", soak}};

constexpr const char* kFooter = R"(Suites:
  kills        clients killed with -9 while they hold, wait, put and get: all is free again and
               every item accounted for
  pauses       clients, and the manager, stopped for longer than their sessions last
  restarts     the manager killed with -9 under load, and another one in its place: its clients are
               told at once, and nothing is done twice
  network      clients over a network that is cut, reset, delayed, throttled and swallows: each
               operation is done once, in its order
  waiters      10,000 parked calls: what they cost, how soon they are woken, what stays
  connections  2,000 sessions, 2,000 strangers, no descriptors: later clients come in
  soak         64 clients, kills and a bad network: memory, descriptors and p99 stay as they are

Examples:
  endurance                              a slice of each, in 20 s
  endurance --long                       10,000 kills, 600 faults, 10 minutes of soak
  endurance --only kills --kills 100000  one of them, for longer

All are processes on this machine and on loopback. The exit status is 1 at the first promise that is
broken.)";

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const Suite& suite : kSuites) names.push_back(suite.name);
  return names;
}

std::string to_line(const Suite& suite, const Figures& figures, double seconds) {
  std::string line = absl::StrFormat("%-12s", suite.name);
  for (const auto& [name, figure] : figures)
    absl::StrAppendFormat(&line, "%s %.6g, ", name, figure);
  return line + absl::StrFormat("0 violations, %.1f s", seconds);
}

int run(const Effort& effort, const std::vector<std::string>& only, const std::string& json) {
  nlohmann::ordered_json all;
  for (const Suite& suite : kSuites) {
    if (!only.empty() && std::count(only.begin(), only.end(), suite.name) == 0) continue;
    const Stopwatch watch;
    show_progress(suite.name, 0);
    try {
      const Figures figures = suite.run(effort);
      hide_progress();
      std::cout << to_line(suite, figures, watch.seconds()) << std::endl;
      for (const auto& [name, figure] : figures) all[suite.name][name] = figure;
    } catch (const std::exception& error) {
      std::cerr << "\nendurance: " << suite.name << ", seed " << effort.seed << ": " << error.what()
                << "\n";
      return 1;
    }
  }
  if (json.empty()) return 0;
  std::ofstream file(json);
  file << all.dump(2) << "\n";
  if (file.flush()) return 0;
  std::cerr << "endurance: can't write " << json << "\n";
  return 1;
}

int run_main(int argc, char** argv) {
  CLI::App app{"Checks the manager's promises with processes that die, pause, crowd and last.",
               "endurance"};
  app.footer(kFooter);
  Effort effort;
  std::vector<std::string> only;
  std::string json;
  int minutes = 0;
  app.add_flag("--long", effort.is_long, "Not a slice but all of it: about 25 minutes");
  app.add_option("--only", only, "These suites")->type_name("SUITE")->check(CLI::IsMember(names()));
  app.add_option("--seed", effort.seed, "Of all dice (1)");
  const auto* const kills = app.add_option("--kills", effort.kills, "How many (50; long: 10000)");
  app.add_option("--minutes", minutes, "Of soak (a few seconds; long: 10)");
  app.add_option("--json", json, "Write the figures to this file as JSON")->type_name("FILE");

  // How it starts itself again: a fork would inherit the state of a connection.
  Place place;
  std::string job;
  int64_t timeout = 0;
  Numbers numbers;
  CLI::App* const worker = app.add_subcommand("worker")->group("");
  worker->add_option("--address", place.address)->required();
  worker->add_option("--key-file", place.key_file)->required();
  worker->add_option("--timeout", timeout)->required();
  worker->add_option("--job", job)->required();
  worker->add_option("--number", numbers);

  CLI11_PARSE(app, argc, argv);
  if (worker->parsed()) {
    place.session_timeout = std::chrono::milliseconds(timeout);
    return run_worker(place, job, numbers);
  }
  if (effort.is_long && kills->count() == 0) effort.kills = 10'000;
  if (effort.is_long && minutes == 0) minutes = 10;
  if (minutes > 0) effort.soak = std::chrono::minutes(minutes);
  return run(effort, only, json);
}

}  // namespace
}  // namespace syncmanager::endurance

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  return syncmanager::endurance::run_main(argc, argv);
}

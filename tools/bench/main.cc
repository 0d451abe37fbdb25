// The bench: this manager beside CPython's multiprocessing manager and Redis, in one run.
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "tools/bench/child.h"
#include "tools/bench/client_program.h"
#include "tools/bench/family.h"
#include "tools/bench/paths.h"
#include "tools/bench/report.h"
#include "tools/bench/run.h"
#include "tools/bench/visit.h"
#include "tools/progress/progress.h"

namespace syncmanager::bench {
namespace {

constexpr const char* kFooter = R"(Examples:
  syncmanager-bench                            everything, 5 rounds (about half an hour)
  syncmanager-bench --quick                    everything, 2 rounds of shorter loads (5 minutes)
  syncmanager-bench --only "8 processes" "p50" the rows with one of these in their name
  syncmanager-bench --quick --json FILE        every row for a program to read

All servers and clients are processes on this machine, on loopback and unix sockets, and end with
the run. A ratio says how many times better ours is; the exit status is 1 if anything failed.)";

struct Flags {
  bool quick = false;
  bool list = false;
  std::string json;
  std::vector<std::string> only;
};

std::vector<Row> chosen_rows(const Flags& flags) {
  std::vector<Row> rows = all_rows(flags.quick);
  if (flags.only.empty()) return rows;
  std::erase_if(rows, [&](const Row& row) {
    return std::none_of(flags.only.begin(), flags.only.end(), [&](const std::string& part) {
      return absl::StrContains(absl::AsciiStrToLower(row.name), absl::AsciiStrToLower(part));
    });
  });
  return rows;
}

// Thousands of sessions are as many descriptors, here and in the servers.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int measure(const Flags& flags) {
  const std::vector<Row> rows = chosen_rows(flags);
  if (flags.list || rows.empty()) {
    for (const Row& row : rows) std::cout << row.name << "\n";
    if (rows.empty()) std::cerr << "bench: no row has that in its name; see --list\n";
    return rows.empty() ? 2 : 0;
  }
  raise_descriptor_limit();
  const Paths paths = Paths::find();
  end_children_on_signals(paths.run_folder);
  const Effort effort = flags.quick ? Effort{2, 0.25, true, 64} : Effort{};
  Findings findings;
  {
    Servers servers(paths, effort.seconds);
    const Measure measure = [&](const Setup& setup, const Scenario& scenario) {
      return servers.measure(setup, scenario);
    };
    findings = run(rows, measure, effort, [](size_t done, size_t all, const std::string& visit) {
      show_progress(visit, static_cast<double>(done) / static_cast<double>(all));
    });
  }
  std::filesystem::remove_all(paths.run_folder);
  hide_progress();

  const bool colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  std::cout << to_table(findings.results, colour);
  for (const std::string& failure : findings.failures) {
    std::cerr << "bench: failed: " << failure << "\n";
  }
  if (!flags.json.empty()) {
    std::ofstream file(flags.json);
    file << to_json(findings.results);
    if (!file.flush()) throw std::runtime_error("can't write " + flags.json);
  }
  return findings.failures.empty() ? 0 : 1;
}

int run_main(int argc, char** argv) {
  CLI::App app{"Measures this manager beside CPython's multiprocessing manager and Redis.",
               "syncmanager-bench"};
  app.footer(kFooter);
  Flags flags;
  app.add_flag("--quick", flags.quick, "Fewer and shorter rounds: 5 minutes");
  app.add_flag("--list", flags.list, "Print the rows' names and measure nothing");
  app.add_option("--only", flags.only, "Rows with one of these texts in their name")
      ->type_name("ROWS");
  app.add_option("--json", flags.json, "Write every row to this file as JSON")->type_name("FILE");

  // How the bench starts itself again as a client: a fork would inherit the state of a connection.
  Route route;
  int index = 0;
  bool no_spin = false;
  CLI::App* const client = app.add_subcommand("client")->group("");
  client->add_option("--system", route.system)->required();
  client->add_option("--address", route.address)->required();
  client->add_option("--key-file", route.key_file);
  client->add_option("--index", index);
  client->add_flag("--no-spin", no_spin);

  CLI11_PARSE(app, argc, argv);
  if (client->parsed()) {
    route.spin = !no_spin;
    return run_client_program(route, index);
  }
  return measure(flags);
}

}  // namespace
}  // namespace syncmanager::bench

int main(int argc, char** argv) {
  try {
    return syncmanager::bench::run_main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "bench: " << error.what() << "\n";
    return 1;
  }
}

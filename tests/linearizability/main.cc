// Checks that the manager's objects are linearizable: random programs, their histories, a verdict.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iostream>
#include <string>

#include "absl/strings/str_format.h"
#include "tests/linearizability/checker.h"
#include "tests/linearizability/core_recorder.h"
#include "tests/linearizability/server_program.h"
#include "tests/linearizability/server_recorder.h"
#include "tools/progress/progress.h"

namespace syncmanager::linearizability {
namespace {

constexpr const char* kFooter = R"(Examples:
  linearizability --histories 100000         one seed after the other, from 1
  linearizability --histories 1 --seed 4711  that seed again
  linearizability --server --histories 2000  of a real server, over a network that fails

Each history is of up to 16 clients and 1,000 operations on one to four objects of the Engine, with
late messages, timeouts, cancels, broken connections and sessions that end. With --server it is of 4
programs of 2 threads that call a syncmanagerd over a network with faults, and one of them is killed
with -9 in the middle; the same seed makes the same calls, but not at the same moments.

The exit status is 1 if a history is not linearizable; what remains of it when it is made as small
as it gets is printed. A search that takes too long is given up and counted, and says nothing of its
history.)";

using Record = std::function<History(uint64_t seed)>;

struct Figures {
  uint64_t histories = 0, operations = 0;
  uint64_t given_up = 0;  // Histories with an object for which the search took too long.
};

// False, and shows the least of it that is wrong, if one of its objects isn't linearizable.
bool check_history(const Record& record, uint64_t seed, Figures& figures) {
  bool given_up = false;
  for (const History& object : partitions(record(seed))) {
    const Verdict verdict = check(object);
    if (verdict == Verdict::kViolation) {
      std::cerr << "\nseed " << seed << ": not linearizable\n"
                << to_text(smallest_violation(object));
      return false;
    }
    if (verdict == Verdict::kTooHard) {
      std::cerr << "\nseed " << seed << ": given up on " << to_text(object.front().object) << "\n";
      given_up = true;
    }
    figures.operations += object.size();
  }
  ++figures.histories;
  figures.given_up += given_up ? 1 : 0;
  return true;
}

bool check_all(const Record& record, uint64_t histories, uint64_t first_seed) {
  const auto began = std::chrono::steady_clock::now();
  Figures figures;
  while (figures.histories < histories) {
    if (!check_history(record, first_seed + figures.histories, figures)) return false;
    const double share = static_cast<double>(figures.histories) / static_cast<double>(histories);
    show_progress(absl::StrFormat("%d of %d histories", figures.histories, histories), share);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  hide_progress();
  std::cout << absl::StrFormat(
      "%d histories of %d operations: 0 violations, %d given up; %.1f s, %.0f histories/s\n",
      figures.histories, figures.operations, figures.given_up, took.count(),
      static_cast<double>(histories) / took.count());
  return true;
}

bool check_engine(uint64_t histories, uint64_t first_seed) {
  return check_all([](uint64_t seed) { return record_core_history(seed); }, histories, first_seed);
}

bool check_server(uint64_t histories, uint64_t first_seed) {
  ServerRecorder recorder;
  const auto record = [&](uint64_t seed) { return recorder.record(seed); };
  if (!check_all(record, histories, first_seed)) return false;
  const ServerRecorder::Counts& counts = recorder.counts();
  std::cout << absl::StrFormat("%d programs killed, %d faults of the network, %d recorded again\n",
                               counts.kills, counts.faults, counts.lost);
  return true;
}

int run_main(int argc, char** argv) {
  CLI::App app{"Checks that the manager's objects are linearizable.", "linearizability"};
  app.footer(kFooter);
  uint64_t histories = 200, seed = 1;
  bool server = false;
  app.add_option("--histories", histories, "How many (200)")->check(CLI::PositiveNumber);
  app.add_option("--seed", seed, "Of the first one (1); each next is one more");
  app.add_flag("--server", server, "Of a real server, and not of the Engine alone");

  // How it starts itself again: a fork would inherit the state of a connection.
  ServerProgram program;
  int64_t timeout = 0;
  CLI::App* const caller = app.add_subcommand("program")->group("");
  caller->add_option("--address", program.address)->required();
  caller->add_option("--key-file", program.key_file)->required();
  caller->add_option("--timeout", timeout)->required();
  caller->add_option("--ledger", program.ledger)->required();
  caller->add_option("--place", program.place)->required();
  caller->add_option("--session", program.session)->required();

  CLI11_PARSE(app, argc, argv);
  if (caller->parsed()) {
    program.session_timeout = std::chrono::milliseconds(timeout);
    return run_program(program);
  }
  return (server ? check_server : check_engine)(histories, seed) ? 0 : 1;
}

}  // namespace
}  // namespace syncmanager::linearizability

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  try {
    return syncmanager::linearizability::run_main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "linearizability: " << error.what() << "\n";
    return 2;
  }
}

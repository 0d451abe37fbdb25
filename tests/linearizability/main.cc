// Checks that the manager's objects are linearizable: random programs, their histories, a verdict.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <iostream>

#include "absl/strings/str_format.h"
#include "tests/linearizability/checker.h"
#include "tests/linearizability/core_recorder.h"

namespace syncmanager::linearizability {
namespace {

constexpr const char* kFooter = R"(Examples:
  linearizability --histories 100000         one seed after the other, from 1
  linearizability --histories 1 --seed 4711  that seed again

Each history is of up to 16 clients and 1,000 operations on one to four objects of the Engine, with
late messages, timeouts, cancels, broken connections and sessions that end. The exit status is 1 if
one is not linearizable; what remains of it when it is made as small as it gets is printed. A search
that takes too long is given up and counted, and says nothing of its history.)";

// A line that writes over itself, where somebody looks.
void show_progress(uint64_t done, uint64_t all) {
  if (isatty(STDERR_FILENO) == 0 || done % 100 != 0) return;
  std::cerr << absl::StrFormat("\r\033[K%3d %%  %d of %d histories", done * 100 / all, done, all)
            << std::flush;
}

struct Figures {
  uint64_t histories = 0, operations = 0;
  uint64_t given_up = 0;  // Histories with an object for which the search took too long.
};

// False, and shows the least of it that is wrong, if one of its objects isn't linearizable.
bool check_history(uint64_t seed, Figures& figures) {
  bool given_up = false;
  for (const History& object : partitions(record_core_history(seed))) {
    const Verdict verdict = check(object);
    if (verdict == Verdict::kViolation) {
      std::cerr << "\nseed " << seed << ": not linearizable\n"
                << to_text(smallest_violation(object));
      return false;
    }
    given_up = given_up || verdict == Verdict::kTooHard;
    figures.operations += object.size();
  }
  ++figures.histories;
  if (!given_up) return true;
  ++figures.given_up;
  std::cerr << "\nseed " << seed << ": given up\n";
  return true;
}

int run(uint64_t histories, uint64_t first_seed) {
  const auto began = std::chrono::steady_clock::now();
  Figures figures;
  while (figures.histories < histories) {
    if (!check_history(first_seed + figures.histories, figures)) return 1;
    show_progress(figures.histories, histories);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (isatty(STDERR_FILENO) != 0) std::cerr << "\r\033[K";
  std::cout << absl::StrFormat(
      "%d histories of %d operations: 0 violations, %d given up; %.1f s, %.0f histories/s\n",
      figures.histories, figures.operations, figures.given_up, took.count(),
      static_cast<double>(histories) / took.count());
  return 0;
}

int run_main(int argc, char** argv) {
  CLI::App app{"Checks that the manager's objects are linearizable.", "linearizability"};
  app.footer(kFooter);
  uint64_t histories = 200, seed = 1;
  app.add_option("--histories", histories, "How many (200)")->check(CLI::PositiveNumber);
  app.add_option("--seed", seed, "Of the first one (1); each next is one more");
  CLI11_PARSE(app, argc, argv);
  return run(histories, seed);
}

}  // namespace
}  // namespace syncmanager::linearizability

int main(int argc, char** argv) { return syncmanager::linearizability::run_main(argc, argv); }

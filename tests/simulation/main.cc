// Simulates clients, networks and the Engine from seeds, and shows the least that breaks a promise.
#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <iostream>

#include "absl/strings/str_format.h"
#include "tests/simulation/simulate.h"
#include "tools/progress/progress.h"

namespace syncmanager::manager::simulation {
namespace {

constexpr const char* kFooter = R"(Examples:
  simulation --seeds 10000                     one seed after the other, from 1
  simulation --seeds 1 --seed 4711             that seed again
  simulation --seeds 10 --steps 1000000        few worlds that live long

Each seed is a world of 2 to 6 clients and a few objects of the Engine, with tiny limits, timeouts,
cancels, requests and answers in parts, clients that pause, leave and are killed, and connections
that are late, break, and are resumed. All promises are checked after each input. The exit status
is 1 if one is broken; the least of that program which still breaks it is printed.)";

void show_failure(const Program& program) {
  const Program least = shrunk(program);
  Figures figures;
  const Failure failure = *run(least, figures);
  std::cerr << absl::StrFormat("\nseed %d: %d of its %d steps break a promise\n", program.seed,
                               least.steps.size(), program.steps.size())
            << to_text(least)
            << (failure.step > least.steps.size() ? "when all has arrived and all leave: "
                                                  : "in the last step: ")
            << failure.violation << "\n";
}

void show_figures(const Figures& figures, uint64_t seeds, double seconds) {
  std::cout << absl::StrFormat(
      "%d seeds, %d steps: all promises kept; %.1f s, %.0f steps/s, %d inputs\n", seeds,
      figures.steps, seconds, static_cast<double>(figures.steps) / seconds, figures.inputs);
  std::cout << absl::StrFormat(
      "requests %d, repeated %d, parts of them %d, cut short %d, parts of answers %d; parked %d, "
      "timed out %d, cancelled %d, refused by limits %d, "
      "deliveries %d, abandoned %d; sessions %d, disconnected %d, resumed %d, died %d; "
      "objects %d\n",
      figures.requests, figures.repeated, figures.parts, figures.cut_short, figures.answer_parts,
      figures.parked, figures.timed_out, figures.cancelled, figures.refused_by_limits,
      figures.deliveries, figures.abandoned, figures.sessions, figures.disconnected,
      figures.resumed, figures.died, figures.objects);
}

// A CHECK of the Engine, or a crash, ends the process: nothing is left to be made smaller then.
volatile uint64_t seed_under_way = 0;
void tell_seed(int signal) {
  std::signal(signal, SIG_DFL);
  std::fprintf(stderr, "seed %llu\n", static_cast<unsigned long long>(seed_under_way));
}

int run_seeds(uint64_t seeds, uint64_t first, uint64_t steps) {
  for (const int signal : {SIGABRT, SIGSEGV}) std::signal(signal, tell_seed);
  const auto began = std::chrono::steady_clock::now();
  Figures figures;
  for (uint64_t done = 0; done < seeds; ++done) {
    seed_under_way = first + done;
    const Program program = random_program(seed_under_way, steps);
    if (run(program, figures)) {
      show_failure(program);
      return 1;
    }
    const double share = static_cast<double>(done) / static_cast<double>(seeds);
    show_progress(absl::StrFormat("%d of %d seeds", done, seeds), share);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  hide_progress();
  show_figures(figures, seeds, took.count());
  return 0;
}

int run_main(int argc, char** argv) {
  CLI::App app{"Simulates clients, networks and the manager's Engine.", "simulation"};
  app.footer(kFooter);
  uint64_t seeds = 100, seed = 1, steps = 10'000;
  app.add_option("--seeds", seeds, "How many (100)")->check(CLI::PositiveNumber);
  app.add_option("--seed", seed, "The first one (1); each next is one more");
  app.add_option("--steps", steps, "Of each (10000)")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  return run_seeds(seeds, seed, steps);
}

}  // namespace
}  // namespace syncmanager::manager::simulation

int main(int argc, char** argv) { return syncmanager::manager::simulation::run_main(argc, argv); }

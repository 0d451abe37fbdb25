#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace syncmanager::endurance {

// How much of it.
struct Effort {
  bool is_long = false;
  uint64_t seed = 1;
  int kills = 50;
  std::chrono::seconds soak{3};
};

// The results of a suite, in the order in which they are printed: the name of each figure, and the
// figure.
using Figures = std::vector<std::pair<std::string, double>>;

// A promise of the manager's that doesn't hold.
class Violation : public std::runtime_error {
  using std::runtime_error::runtime_error;
};
// Throws Violation with what was seen, if it isn't so.
void require(bool holds, const std::string& seen);

// One kind of misfortune. run() throws Violation.
struct Suite {
  const char* name;
  Figures (*run)(const Effort& effort);
};

Figures kill_clients(const Effort& effort);
Figures stop_clients_and_manager(const Effort& effort);
Figures restart_the_manager(const Effort& effort);
Figures break_the_network(const Effort& effort);
Figures park_ten_thousand(const Effort& effort);
Figures storm_the_entrance(const Effort& effort);
Figures soak(const Effort& effort);

// Returns that much later: how long a fault lasts, and when the next one comes, is the suites'
// input and nothing that could be waited for.
void let_pass(std::chrono::microseconds time);

// Seconds since it was made.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Looks until `holds()`. Throws Violation with `what()` if that takes longer than `patience`.
template <class Predicate, class Text>
void await(Predicate holds, std::chrono::milliseconds patience, Text what) {
  const Stopwatch waited;
  while (!holds()) {
    require(waited.seconds() < std::chrono::duration<double>(patience).count(), what());
    let_pass(std::chrono::milliseconds(1));
  }
}

}  // namespace syncmanager::endurance

// Random lives for a long time, on a network that fails now and then, while some are killed and
// born again: the manager grows neither in memory nor in descriptors nor slow.

#include <algorithm>
#include <filesystem>
#include <list>

#include "tests/endurance/life.h"
#include "tests/endurance/suite.h"
#include "tests/endurance/worker.h"
#include "tests/support/chaos_proxy.h"
#include "tests/support/test_server.h"
#include "tools/bench/latencies.h"
#include "tools/bench/usage.h"
#include "tools/progress/progress.h"

namespace syncmanager::endurance {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kLives = 64;
constexpr milliseconds kSessionTimeout{2'000};
// Each tenth of the soak is looked at by itself.
constexpr int kTenths = 10;
// A soak that says something of growth: malloc and gRPC have filled their stores by then.
constexpr std::chrono::seconds kLong{300};

// The manager's figures over a tenth of the time.
struct Look {
  double memory = 0;  // In the end, in bytes.
  int64_t descriptors = 0;
  double p99_us = 0;  // Of an operation of somebody on the same host.
};

class Soak {
 public:
  explicit Soak(const Effort& effort)
      : dice_(effort.seed), last_life_(life_before_the_first(effort)) {
    for (int64_t i = 0; i < kLives; ++i) begin_life();
    for (Worker& worker : lives_) worker.expect_line("ready");
  }

  // Goes on for that long.
  Look go_on(std::chrono::duration<double> time);
  int kills() const { return kills_; }
  int faults() const { return faults_; }
  uint64_t operations() const { return client_.statistics().operations; }

 private:
  void begin_life() {
    lives_.emplace_back(Place{network_.tcp_address(), server_.key_file(), kSessionTimeout}, "live",
                        Numbers{++last_life_});
  }
  // The events of one second: each life ends with a chance of 1 %, and with as much each of them is
  // the one whose network fails, which they share.
  void bring_misfortune();
  int64_t descriptors() const {
    const std::filesystem::directory_iterator all("/proc/" + std::to_string(server_.pid()) + "/fd");
    return std::distance(begin(all), end(all));
  }

  SeededDice dice_;
  int64_t last_life_;
  const TestServer server_;
  ChaosProxy network_{server_.tcp_address()};
  const Client client_{server_.unix_address(),
                       {.key_file = server_.key_file(), .name = "observer"}};
  const Commons commons_{client_};
  std::list<Worker> lives_;
  const Stopwatch lasted_;
  double next_second_ = 1;
  int kills_ = 0, faults_ = 0;
};

void Soak::bring_misfortune() {
  for (auto life = lives_.begin(); life != lives_.end();) {
    const auto next = std::next(life);
    if (dice_.percent(1)) {
      life->kill();
      lives_.erase(life);
      begin_life();
      ++kills_;
    }
    life = next;
  }
  for (int64_t i = 0; i < kLives; ++i) {
    if (!dice_.percent(1)) continue;
    network_.reset_all();
    ++faults_;
  }
  commons_.arrived.clear();
  commons_.sent.clear();
}

Look Soak::go_on(std::chrono::duration<double> time) {
  bench::Latencies latencies;
  const Stopwatch watch;
  while (watch.seconds() < time.count()) {
    const Stopwatch operation;
    commons_.inside.get();
    latencies.push_back(static_cast<int64_t>(operation.seconds() * 1e9));
    let_pass(milliseconds(1));
    if (lasted_.seconds() < next_second_) continue;
    bring_misfortune();
    ++next_second_;
  }
  commons_.require_no_complaints();
  bench::Sample sample;
  bench::summarize(std::move(latencies), sample);
  return {bench::private_bytes(server_.pid()), descriptors(), sample["p99_us"]};
}

}  // namespace

Figures soak(const Effort& effort) {
  Soak life(effort);
  std::vector<Look> looks;
  for (int i = 0; i < kTenths; ++i) {
    show_progress("soak", static_cast<double>(i) / kTenths);
    looks.push_back(life.go_on(std::chrono::duration<double>(effort.soak) / kTenths));
  }
  const Look &early = looks[kTenths / 2 - 1], &late = looks.back();
  const double minutes = std::chrono::duration<double, std::ratio<60>>(effort.soak).count();
  Figures figures = {{"minutes", minutes},
                     {"clients", kLives},
                     {"operations", static_cast<double>(life.operations())},
                     {"kills", life.kills()},
                     {"network faults", life.faults()}};
  if (effort.soak < kLong) return figures;
  const double growth = (late.memory - early.memory) / 1024 / (minutes / 2);
  require(growth < 100, "the manager grows by " + std::to_string(growth) + " KiB a minute");
  require(late.descriptors <= early.descriptors + kLives, "the manager keeps descriptors");
  require(late.p99_us <= 2 * looks[1].p99_us, "the manager has become slow");
  figures.insert(figures.end(),
                 {{"KiB a minute of growth", growth},
                  {"descriptors at half time", static_cast<double>(early.descriptors)},
                  {"in the end", static_cast<double>(late.descriptors)},
                  {"p99 us in the second tenth", looks[1].p99_us},
                  {"in the last", late.p99_us}});
  return figures;
}

}  // namespace syncmanager::endurance

// Clients that are killed with -9 at random moments of their random lives, round after round: their
// locks are free again, no dead client waits, and every parcel is accounted for.

#include <algorithm>
#include <list>
#include <map>
#include <set>

#include "tests/endurance/life.h"
#include "tests/endurance/suite.h"
#include "tests/endurance/worker.h"
#include "tests/support/test_server.h"
#include "tools/progress/progress.h"

namespace syncmanager::endurance {
namespace {

constexpr int kLives = 8;  // Of a round.
// Over TCP a dead client's session lasts that long.
constexpr std::chrono::milliseconds kSessionTimeout{1'000};
constexpr std::chrono::milliseconds kPatience{10'000};

const char* const kHeld[] = {"lock",      "rlock",   "rwlock",  "condition",
                             "semaphore", "bounded", "barrier", "event"};

class Killing {
 public:
  explicit Killing(const Effort& effort)
      : dice_(effort.seed),
        last_life_(life_before_the_first(effort)),
        client_(server_.unix_address(), {.key_file = server_.key_file(), .name = "observer"}),
        commons_(client_) {}

  // Starts some lives, kills all of them, and checks the state that they have left.
  void round();
  Figures figures() const;

 private:
  void live_and_die(const Place& place);
  void expect_all_free();
  // Takes in what has arrived since the round before.
  void expect_every_parcel_accounted_for();

  SeededDice dice_;
  int64_t last_life_;
  const TestServer server_;
  const Client client_;
  const Commons commons_;
  const uint64_t objects_ = client_.statistics().objects;
  int rounds_ = 0;
  uint64_t parcels_ = 0, redelivered_ = 0;
  double slowest_unix_ = 0, slowest_tcp_ = 0;
};

void Killing::round() {
  const bool far = rounds_ % 10 == 5;
  live_and_die({.address = far ? server_.tcp_address() : server_.unix_address(),
                .key_file = server_.key_file(),
                .session_timeout = kSessionTimeout});
  const Stopwatch since_the_last_kill;
  await([&] { return client_.statistics().sessions == 1; }, kPatience,
        [] { return "a dead client's session lives on"; });
  double& slowest = far ? slowest_tcp_ : slowest_unix_;
  slowest = std::max(slowest, since_the_last_kill.seconds());
  expect_all_free();
  expect_every_parcel_accounted_for();
  commons_.require_no_complaints();
  ++rounds_;
}

void Killing::live_and_die(const Place& place) {
  std::list<Worker> workers;
  for (int i = 0; i < kLives; ++i) workers.emplace_back(place, "live", Numbers{++last_life_});
  // Some are killed while they connect.
  if (dice_.percent(80)) {
    for (Worker& worker : workers) worker.expect_line("ready");
  }
  while (!workers.empty()) {
    let_pass(std::chrono::microseconds(dice_.below(20'000)));
    const auto next = std::next(workers.begin(), static_cast<long>(dice_.below(workers.size())));
    next->kill();
    workers.erase(next);
  }
}

void Killing::expect_all_free() {
  require(client_.statistics().parked == 0, "a ghost waits");
  for (const char* name : kHeld) {
    const std::optional<ObjectState> it = client_.inspect(name);
    require(it.has_value(), std::string(name) + " is gone");
    require(it->holders.empty() && it->waiters.empty(), std::string(name) + " isn't free");
  }
  require(commons_.semaphore.value() == kPermits, "the semaphore has other permits");
  require(commons_.bounded.value() == kPermits, "the bounded semaphore has other permits");
  require(commons_.rwlock.readers() == 0, "a ghost reads");
  commons_.lists.clear();
  require(client_.statistics().objects == objects_, "an object of a dead client is left");
}

void Killing::expect_every_parcel_accounted_for() {
  std::map<std::string, std::string> arrived = commons_.arrived.to_map();
  while (std::optional<Delivery<std::string>> parcel = commons_.parcels.try_take()) {
    redelivered_ += parcel->redelivered();
    require(arrived.emplace(parcel->item(), "observer").second || parcel->redelivered(),
            "parcel " + parcel->item() + " came twice");
    parcel->ack();
  }
  for (const auto& [life, count] : commons_.sent) {
    for (int64_t number = 0; number < count; ++number) {
      const std::string parcel = life + "/" + std::to_string(number);
      require(arrived.count(parcel) == 1, "parcel " + parcel + " is lost");
    }
  }
  parcels_ += arrived.size();
  commons_.sent.clear();
  commons_.arrived.clear();
}

Figures Killing::figures() const {
  return {{"kills", rounds_ * kLives},
          {"rounds", rounds_},
          {"parcels", static_cast<double>(parcels_)},
          {"given back by the dead", static_cast<double>(redelivered_)},
          {"slowest unix ms", slowest_unix_ * 1e3},
          {"slowest TCP ms", slowest_tcp_ * 1e3}};
}

}  // namespace

Figures kill_clients(const Effort& effort) {
  Killing killing(effort);
  for (int killed = 0; killed < effort.kills; killed += kLives) {
    killing.round();
    show_progress("kills", static_cast<double>(killed) / effort.kills);
  }
  return killing.figures();
}

}  // namespace syncmanager::endurance

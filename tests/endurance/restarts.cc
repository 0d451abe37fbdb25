// The manager itself is killed with -9 under load, and another one comes at the same addresses:
// each client is told at once that its session is lost, none hangs, and none brings what it asked
// of the old manager to the new one.

#include <signal.h>

#include <algorithm>
#include <list>
#include <thread>

#include "tests/endurance/suite.h"
#include "tests/endurance/worker.h"
#include "tests/support/dice.h"
#include "tests/support/test_server.h"
#include "tools/progress/progress.h"

namespace syncmanager::endurance {
namespace {

constexpr int kClients = 8;
constexpr std::chrono::milliseconds kPatience{10'000};
constexpr const char *kCount = "count", *kGo = "go", *kNever = "never";

class Restarting {
 public:
  explicit Restarting(const Effort& effort) : dice_(effort.seed) {
    for (int i = 0; i < kClients; ++i) {
      const bool far = i % 2 == 1;
      clients_.emplace_back(Place{.address = far ? first_.tcp_address() : first_.unix_address(),
                                  .key_file = first_.key_file()},
                            "outlive", Numbers{});
    }
    let_them_go();
  }

  void round();
  double slowest() const { return slowest_; }

 private:
  void kill_the_manager();
  // Expects that no client has done anything yet.
  void let_them_go();

  SeededDice dice_;
  TestServer first_;  // Its addresses and its key are those of all.
  std::unique_ptr<TestServer> successor_;
  std::list<Worker> clients_;
  double slowest_ = 0;
};

void Restarting::round() {
  let_pass(std::chrono::microseconds(dice_.below(50'000)));
  kill_the_manager();
  const Stopwatch since_the_restart;
  for (Worker& client : clients_) client.expect_line("lost");
  slowest_ = std::max(slowest_, since_the_restart.seconds());
  let_them_go();
}

void Restarting::kill_the_manager() {
  if (successor_ != nullptr) {
    successor_.reset();
  } else {
    first_.send_signal(SIGKILL);
    first_.wait();
  }
  successor_ = std::make_unique<TestServer>(
      std::vector<std::string>{"--listen=" + first_.unix_address() + "," + first_.tcp_address(),
                               "--authkey-file=" + first_.key_file()});
}

void Restarting::let_them_go() {
  const Client observer(first_.unix_address(), {.key_file = first_.key_file()});
  await([&] { return observer.statistics().parked == kClients; }, kPatience,
        [] { return "a client doesn't begin anew"; });
  require(!observer.inspect(kCount), "a call of a lost session was repeated to the next manager");
  observer.event(kGo).set();
  for (Worker& client : clients_) client.expect_line("counting");
}

// One thread waits for ever, and one asks for what mustn't be done twice.
void use_until_lost(const Client& client) {
  std::thread waiter([never = client.event(kNever)] {
    try {
      never.wait();
    } catch (const SessionLost&) {
    }
  });
  try {
    const Value<int64_t> count = client.value<int64_t>(kCount, 0);
    say("counting");
    for (;;) count.add(1);
  } catch (const SessionLost&) {
  }
  waiter.join();
}

}  // namespace

// Waits for the "go" of each manager anew.
void outlive_the_manager(const Place& place, const Numbers&) {
  for (;;) {
    const Client client = connect(place);
    client.event(kGo).wait();
    use_until_lost(client);
    say("lost");
  }
}

Figures restart_the_manager(const Effort& effort) {
  const int restarts = effort.is_long ? 500 : 5;
  Restarting restarting(effort);
  for (int i = 0; i < restarts; ++i) {
    restarting.round();
    show_progress("restarts", static_cast<double>(i) / restarts);
  }
  return {{"restarts", restarts},
          {"clients", kClients},
          {"slowest told ms", restarting.slowest() * 1e3}};
}

}  // namespace syncmanager::endurance

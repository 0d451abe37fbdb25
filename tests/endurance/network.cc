// Clients over a network that fails as the dice fall, and what they did was done once and in order.

#include <future>
#include <map>
#include <numeric>
#include <sstream>

#include "tests/endurance/suite.h"
#include "tests/endurance/worker.h"
#include "tests/support/chaos_proxy.h"
#include "tests/support/dice.h"
#include "tests/support/random_fault.h"
#include "tests/support/test_server.h"
#include "tools/progress/progress.h"

namespace syncmanager::endurance {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kWorkers = 4, kThreads = 4;
// Every kGuardedEvery-th operation of a thread is done with a lock held.
constexpr int64_t kGuardedEvery = 10;

// The counts of all workers together.
struct Tally {
  explicit Tally(const Client& client)
      : sum(client.value<int64_t>("sum", 0)),
        lock(client.lock("lock")),
        guarded(client.value<int64_t>("guarded", 0)),
        line(client.queue<std::string>("line")),
        enough(client.event("enough")) {}

  Value<int64_t> sum;       // One for each operation.
  Lock lock;                // Guards the next.
  Value<int64_t> guarded;   // Read, and then written: two steps.
  Queue<std::string> line;  // `thread number`, the numbers from 0.
  Event enough;
};

// How much one thread has done.
int64_t count_until_enough(const Client& client, int64_t thread) {
  const Tally tally(client);
  const std::string name = std::to_string(thread);
  int64_t done = 0;
  for (; done % kGuardedEvery != 0 || !tally.enough.is_set(); ++done) {
    tally.sum.add(1);
    tally.line.put(name + " " + std::to_string(done));
    if (done % kGuardedEvery != 0) continue;
    const std::scoped_lock mine(tally.lock);
    tally.guarded.set(tally.guarded.get() + 1);
  }
  return done;
}

class BadNetwork {
 public:
  explicit BadNetwork(const Effort& effort)
      : effort_(effort),
        dice_(effort.seed),
        client_(server_.unix_address(), {.key_file = server_.key_file()}),
        tally_(client_) {}

  Figures run();

 private:
  void fail_once();
  // Nothing passes, and no connection is left.
  void cut(milliseconds time);
  // Takes what has been put so far.
  void take_the_line();
  void expect_all_done_once(int64_t done);

  const Effort effort_;
  SeededDice dice_;
  const TestServer server_;
  ChaosProxy network_{server_.tcp_address()};
  const Client client_;
  const Tally tally_;
  std::map<int64_t, int64_t> next_in_line_;  // By thread.
  int faults_ = 0;
  double longest_cut_ = 0;
};

void BadNetwork::fail_once() {
  const milliseconds time(100 + dice_.below(400));
  fail_somehow(network_, dice_);
  let_pass(time);
  network_.heal();
  ++faults_;
  let_pass(milliseconds(dice_.below(300)));
}

void BadNetwork::cut(milliseconds time) {
  network_.black_hole();
  network_.reset_all();
  let_pass(time);
  network_.heal();
  ++faults_;
  longest_cut_ = std::max(longest_cut_, std::chrono::duration<double>(time).count());
}

void BadNetwork::take_the_line() {
  std::vector<Future<std::string>> items;
  for (int64_t size = tally_.line.size(); size > 0; --size)
    items.push_back(tally_.line.async_get());
  for (Future<std::string>& item : items) {
    std::istringstream words(item.get());
    int64_t thread = 0, number = 0;
    words >> thread >> number;
    int64_t& expected = next_in_line_[thread];
    require(number == expected, "thread " + std::to_string(thread) + " has put item " +
                                    std::to_string(number) + " where " + std::to_string(expected) +
                                    " should be");
    ++expected;
  }
}

void BadNetwork::expect_all_done_once(int64_t done) {
  const auto same = [](const char* what, int64_t found, int64_t expected) {
    require(found == expected, std::string(what) + ": " + std::to_string(found) + " instead of " +
                                   std::to_string(expected));
  };
  same("the sum", tally_.sum.get(), done);
  same("the guarded sum", tally_.guarded.get(), done / kGuardedEvery);
  take_the_line();
  same("the items",
       std::accumulate(next_in_line_.begin(), next_in_line_.end(), int64_t{0},
                       [](int64_t sum, const auto& next) { return sum + next.second; }),
       done);
}

Figures BadNetwork::run() {
  std::vector<Worker> workers;
  for (int64_t i = 0; i < kWorkers; ++i) {
    workers.emplace_back(Place{network_.tcp_address(), server_.key_file()}, "count",
                         Numbers{i * kThreads});
  }
  const int faults = effort_.is_long ? 600 : 6;
  const milliseconds longest_cut(effort_.is_long ? 5'000 : 500);
  for (int i = 0; i < faults; ++i) {
    if (i % 100 == 3) cut(longest_cut);
    fail_once();
    take_the_line();
    show_progress("network", static_cast<double>(i) / faults);
  }
  tally_.enough.set();
  int64_t done = 0;
  for (Worker& worker : workers) done += std::stoll(worker.read_line());
  expect_all_done_once(done);
  return {{"faults", faults_},
          {"longest cut s", longest_cut_},
          {"connections", network_.counts().connections},
          {"operations", static_cast<double>(3 * done)}};
}

}  // namespace

// Says in the end how often its threads have counted.
void count_and_put(const Place& place, const Numbers& numbers) {
  const Client client = connect(place);
  std::vector<std::future<int64_t>> threads;
  for (int64_t i = 0; i < kThreads; ++i) {
    threads.push_back(
        std::async(std::launch::async, count_until_enough, std::cref(client), numbers.at(0) + i));
  }
  int64_t done = 0;
  for (std::future<int64_t>& thread : threads) done += thread.get();
  say(std::to_string(done));
}

Figures break_the_network(const Effort& effort) { return BadNetwork(effort).run(); }

}  // namespace syncmanager::endurance

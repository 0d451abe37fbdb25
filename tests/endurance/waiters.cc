// Ten thousand calls parked on a hundred sessions: what they cost, how fast they are woken, and
// whether anything of them stays.

#include <syncmanager/client.h>

#include <algorithm>
#include <deque>

#include "tests/endurance/suite.h"
#include "tests/support/test_server.h"
#include "tools/bench/usage.h"
#include "tools/progress/progress.h"

namespace syncmanager::endurance {
namespace {

constexpr size_t kSessions = 100, kCallsEach = 100, kCalls = kSessions * kCallsEach;
constexpr std::chrono::milliseconds kPatience{10'000};
// Heartbeats, a third of it apart, cost more than what is measured here, and stay away.
constexpr std::chrono::minutes kSessionTimeout{5};

class Crowd {
 public:
  Crowd() {
    for (size_t i = 0; i < kSessions; ++i) {
      sessions_.emplace_back(server_.unix_address(),
                             ClientOptions{.key_file = server_.key_file(),
                                           .name = "crowd",
                                           .session_timeout = kSessionTimeout});
      events_.push_back(sessions_.back().event("event"));
      queues_.push_back(sessions_.back().queue<int64_t>("queue"));
    }
  }

  // Parks all on the event, sets it, and awaits all; in seconds.
  double wake_all();
  // Parks all on the queue and cancels them. What each took of the manager's memory while it was
  // parked, in bytes.
  double cancel_all();
  // The share of a core that the manager used while all were parked; set by wake_all().
  double parked_share() const { return parked_share_; }
  double memory() const { return bench::private_bytes(server_.pid()); }

 private:
  void await_parked(uint64_t count) const {
    await([&] { return sessions_[0].statistics().parked == count; }, kPatience,
          [&] { return "there aren't " + std::to_string(count) + " parked calls"; });
  }

  double share_of_a_second() const;

  double parked_share_ = 0;
  const TestServer server_{{"--session-timeout=5m"}};
  std::deque<Client> sessions_;
  std::deque<Event> events_;
  std::deque<Queue<int64_t>> queues_;
};

double Crowd::wake_all() {
  events_[0].clear();
  std::vector<Future<void>> waits;
  for (const Event& event : events_) {
    for (size_t i = 0; i < kCallsEach; ++i) waits.push_back(event.async_wait());
  }
  await_parked(kCalls);
  parked_share_ = share_of_a_second();
  const Stopwatch woken;
  events_[0].set();
  for (Future<void>& wait : waits) wait.get();
  return woken.seconds();
}

double Crowd::cancel_all() {
  const double before = memory();
  std::vector<Future<int64_t>> gets;
  for (const Queue<int64_t>& queue : queues_) {
    for (size_t i = 0; i < kCallsEach; ++i) gets.push_back(queue.async_get());
  }
  await_parked(kCalls);
  const double each = (memory() - before) / kCalls;
  gets.clear();
  await_parked(0);
  queues_[0].put(1);
  require(queues_[1].get() == 1, "a cancelled get has taken an item");
  return each;
}

double Crowd::share_of_a_second() const {
  let_pass(std::chrono::milliseconds(200));  // The clients still acknowledge what they were told.
  const double before = bench::cpu_seconds(server_.pid());
  const Stopwatch watch;
  let_pass(std::chrono::seconds(1));
  return (bench::cpu_seconds(server_.pid()) - before) / watch.seconds();
}

}  // namespace

Figures park_ten_thousand(const Effort& effort) {
  Crowd crowd;
  const double each = crowd.cancel_all();
  // The first time has grown what is kept for the next one. malloc and gRPC grow in steps, by
  // megabytes in one round of several; what is never freed grows in every round.
  double slowest = 0, left = each;
  const int rounds = effort.is_long ? 10 : 3;
  for (int i = 0; i < rounds; ++i) {
    const double before = crowd.memory();
    slowest = std::max(slowest, crowd.wake_all());
    crowd.cancel_all();
    left = std::min(left, std::max(0.0, crowd.memory() - before) / (2.0 * kCalls));
    show_progress("waiters", static_cast<double>(i) / rounds);
  }
  require(each <= 1024, "a parked call costs " + std::to_string(each) + " bytes");
  require(slowest <= 1, "to wake all took " + std::to_string(slowest) + " s");
  require(left <= 0.1 * each, std::to_string(left) + " bytes of each call are never freed");
  require(crowd.parked_share() <= 0.01, "parked calls cost processor time");
  return {{"parked calls", kCalls},
          {"sessions", kSessions},
          {"bytes each", each},
          {"all woken within ms", slowest * 1e3},
          {"% of a core while parked", crowd.parked_share() * 100},
          {"bytes left of each", left}};
}

}  // namespace syncmanager::endurance

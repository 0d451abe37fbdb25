// Programs that are stopped (SIGSTOP) for longer than their session lasts: a client is told that
// its session is lost and nobody else notices; the manager's own pause costs nobody anything.

#include <signal.h>

#include <algorithm>

#include "tests/endurance/suite.h"
#include "tests/endurance/worker.h"
#include "tests/support/test_server.h"
#include "tools/progress/progress.h"

namespace syncmanager::endurance {
namespace {

constexpr std::chrono::milliseconds kClientTimeout{1'000};
constexpr std::chrono::milliseconds kOtherTimeout{3'000};
// Longer than all of the sessions last, and short enough for clients on TCP, which can't know that
// the manager isn't gone: they notice its silence after a second or two and try for three.
constexpr std::chrono::milliseconds kManagerPause{3'500};
constexpr const char* kLock = "lock";

Place over_tcp(const TestServer& server, std::chrono::milliseconds timeout) {
  return {server.tcp_address(), server.key_file(), timeout};
}

// One worker holds a lock and is stopped. Returns how long another program waited for it, in
// seconds.
double stop_a_client(const TestServer& server) {
  Worker stopped(over_tcp(server, kClientTimeout), "hold", {});
  stopped.expect_line("held");
  const Client observer(server.unix_address(), {.key_file = server.key_file()});
  const Lock lock = observer.lock(kLock);
  const Stopwatch waited;
  stopped.send_signal(SIGSTOP);
  require(lock.try_lock_for(10 * kClientTimeout), "a stopped client keeps its lock");
  const double seconds = waited.seconds();
  require(lock.abandoned(), "nobody is told that the lock's holder was lost");
  stopped.send_signal(SIGCONT);
  stopped.expect_line("lost");
  lock.unlock();
  require(observer.statistics().sessions == 2, "a session more or less than there should be");
  return seconds;
}

void stop_the_manager(const TestServer& server, std::chrono::milliseconds pause) {
  const Client near(server.unix_address(), {.key_file = server.key_file()});
  const Client far(server.tcp_address(),
                   {.key_file = server.key_file(), .session_timeout = kOtherTimeout});
  const Lock held_near = near.lock("near"), held_far = far.lock("far");
  held_near.lock();
  held_far.lock();
  const uint64_t sessions = near.statistics().sessions;
  server.send_signal(SIGSTOP);
  let_pass(pause);
  server.send_signal(SIGCONT);
  require(held_near.locked() && held_far.locked(), "the manager's pause has cost a lock");
  held_near.unlock();
  held_far.unlock();
  require(near.statistics().sessions == sessions, "the manager's pause has cost a session");
}

}  // namespace

// Says "held", and uses its lock until it is told that its session is lost.
void hold_a_lock(const Place& place, const Numbers&) {
  const Client client = connect(place);
  const Lock lock = client.lock(kLock);
  lock.lock();
  say("held");
  try {
    for (;;) client.ping();
  } catch (const SessionLost&) {
    say("lost");
  }
}

Figures stop_clients_and_manager(const Effort& effort) {
  const TestServer server;
  Worker other(over_tcp(server, kOtherTimeout), "live", {1});
  other.expect_line("ready");
  const int clients = effort.is_long ? 100 : 2, managers = effort.is_long ? 30 : 1;
  double slowest = 0;
  for (int i = 0; i < clients; ++i) {
    slowest = std::max(slowest, stop_a_client(server));
    show_progress("pauses", 0.5 * i / clients);
  }
  for (int i = 0; i < managers; ++i) {
    stop_the_manager(server, kManagerPause);
    show_progress("pauses", 0.5 + 0.5 * i / managers);
  }
  return {{"stopped clients", clients},
          {"a stopped client's lock free after s", slowest},
          {"pauses of the manager", managers}};
}

}  // namespace syncmanager::endurance

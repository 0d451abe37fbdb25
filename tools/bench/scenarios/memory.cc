#include <chrono>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/bench/clock.h"
#include "tools/bench/family.h"
#include "tools/bench/usage.h"
#include "tools/bench/visit.h"
#include "tools/bench/workload.h"

namespace syncmanager::bench::scenarios {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

const std::string kWaking = "bench-waking";
constexpr int kSessions = 500;
constexpr int kItems = 1'000'000;

// fill COUNT: sets COUNT entries of the dict.
Sample fill(Client& client, Arguments& arguments) {
  const std::string value(kValueBytes, 'v');
  pipeline(*client.caller, arguments.count(),
           [&](size_t i) { client.caller->send_set(absl::StrFormat("f%015d", i), value); });
  return {};
}

// sessions COUNT: opens COUNT connections, which stay open.
Sample sessions(Client& client, Arguments& arguments) {
  const size_t count = arguments.count();
  for (size_t i = 0; i < count; ++i) client.sessions.push_back(client.connect());
  return {};
}

// park CALLS: makes CALLS calls that wait for an item on each of these connections.
Sample park(Client& client, Arguments& arguments) {
  const size_t calls = arguments.count();
  for (const std::unique_ptr<Caller>& session : client.sessions) {
    for (size_t i = 0; i < calls; ++i) session->send_take(kWaking);
    session->flush();
  }
  return {};
}

// wake CALLS: puts an item for each of these calls. Answers wake_seconds, until all have theirs.
Sample wake(Client& client, Arguments& arguments) {
  const size_t calls = arguments.count();
  const int64_t start = monotonic_now();
  pipeline(*client.caller, client.sessions.size() * calls,
           [&](size_t) { client.caller->send_put(kWaking, "item"); });
  for (const std::unique_ptr<Caller>& session : client.sessions) {
    for (size_t i = 0; i < calls; ++i) session->receive();
  }
  return {{"wake_seconds", static_cast<double>(monotonic_now() - start) * 1e-9}};
}

constexpr Command kCommands[] = {{"memory.fill", fill},
                                 {"memory.sessions", sessions},
                                 {"memory.park", park},
                                 {"memory.wake", wake}};

// Blocks until the server rests: nothing else tells that a call is parked, or memory given back.
void await_rest(const Server& server) {
  constexpr double kResting = 0.001;
  for (double before = cpu_seconds(server.pid());;) {
    std::this_thread::sleep_for(150ms);
    const double now = cpu_seconds(server.pid());
    if (now - before < kResting) return;
    before = now;
  }
}

double bytes_at_rest(const Server& server) {
  await_rest(server);
  return private_bytes(server.pid());
}

// bytes: the server's memory for each idle session.
Sample measure_idle_sessions(Visit& visit) {
  const Server server = visit.fresh_server();
  Child client = server.start_client();
  ask(client, "memory.sessions 20");  // What a server allocates once is no cost of a session.
  const double before = bytes_at_rest(server);
  ask(client, absl::StrCat("memory.sessions ", kSessions));
  return {{"bytes", (bytes_at_rest(server) - before) / kSessions}};
}

// bytes for each call; idle_percent of a CPU that the server uses while the calls wait;
// wake_seconds until all have an item. Where a connection carries only one call, the memory of the
// connection counts too.
Sample measure_parked_calls(Visit& visit) {
  const bool many_on_one = visit.setup().system == System::kOurs;
  const int sessions = many_on_one ? 100 : 1000;
  const int calls = many_on_one ? 100 : 1;

  const Server server = visit.fresh_server();
  Child client = server.start_client();
  double before = private_bytes(server.pid());
  ask(client, absl::StrCat("memory.sessions ", sessions));
  if (many_on_one) before = bytes_at_rest(server);
  ask(client, absl::StrCat("memory.park ", calls));
  Sample sample{{"bytes", (bytes_at_rest(server) - before) / (sessions * calls)}};

  const double idle_before = cpu_seconds(server.pid());
  constexpr auto kIdle = 1s;
  std::this_thread::sleep_for(kIdle);
  sample["idle_percent"] =
      (cpu_seconds(server.pid()) - idle_before) / static_cast<double>(kIdle.count()) * 100;
  sample.merge(ask(client, absl::StrCat("memory.wake ", calls)));
  return sample;
}

// bytes for each of a million items of 16 and 32 bytes.
Sample measure_stored_items(Visit& visit) {
  const Server server = visit.fresh_server();
  Child client = server.start_client();
  const double before = bytes_at_rest(server);
  ask(client, absl::StrCat("memory.fill ", kItems));
  return {{"bytes", (bytes_at_rest(server) - before) / kItems}};
}

void add_rows(Table& table) {
  const Scenario sessions{"idle sessions", measure_idle_sessions, true};
  const Scenario parked{"parked calls", measure_parked_calls, true};
  const Scenario items{"stored items", measure_stored_items, true};
  table.begin("memory", Unit::kBytes, "bytes");
  table.add(kOursUnix, sessions, System::kCpython, at_most(4 * 1024));
  table.add(kOursUnix, sessions, System::kRedis);
  table.add(kOursTcp, sessions, System::kRedis, at_most(8 * 1024));
  table.add_against(kOursTls, sessions, kOursTcp, "TCP with tags", {});
  table.add(kOursUnix, parked, System::kCpython, at_most(1024));
  table.add(kOursUnix, parked, System::kRedis);
  table.add(kOursUnix, items, System::kCpython);
  table.add(kOursUnix, items, System::kRedis);
  table.begin("all woken within", Unit::kSeconds, "wake_seconds");
  table.add_alone(kOursUnix, parked, at_most(1));
  table.begin("CPU while idle", Unit::kPercent, "idle_percent");
  table.add_alone(kOursUnix, parked, at_most(1));
}

}  // namespace

Family memory() { return {add_rows, kCommands}; }

}  // namespace syncmanager::bench::scenarios

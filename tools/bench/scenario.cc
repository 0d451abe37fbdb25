#include "tools/bench/scenario.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/bench/engine_alone.h"
#include "tools/bench/load_thread.h"
#include "tools/bench/usage.h"

namespace syncmanager::bench {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// How long an answer may be late: a load's, and that of filling a million items, waking thousands,
// or a pool with much to do.
constexpr auto kAnswering = 15s;
constexpr auto kPreparing = 180s;
constexpr int kSessions = 500;
constexpr int kItems = 1'000'000;
// Times a load's seconds: deaths are a second apart, and a large value may take several.
constexpr double kWorkload = 120;
constexpr double kBesideValue = 20;

int64_t nanoseconds(double seconds) { return static_cast<int64_t>(seconds * 1e9); }

void sleep_until(int64_t point) {
  std::this_thread::sleep_until(std::chrono::steady_clock::time_point(Nanoseconds(point)));
}

std::string carry(const char* place, int mebibytes, int64_t end) {
  return absl::StrFormat("carry %s %d %d", place, mebibytes, end);
}

Sample answer_of(Child& client, std::chrono::milliseconds patience = kAnswering) {
  const std::string line = client.read_line(patience);
  if (absl::StartsWith(line, "error")) throw std::runtime_error(line);
  return from_line(line);
}

Sample ask(Child& client, std::string_view command) {
  client.write_line(command);
  return answer_of(client, kPreparing);
}

// Until the server has done what it was sent: nobody tells when a call is parked, or memory given
// back, but it has stopped working then.
void await_rest(const Server& server) {
  constexpr double kResting = 0.001;
  for (double before = cpu_seconds(server.pid());;) {
    std::this_thread::sleep_for(150ms);
    const double now = cpu_seconds(server.pid());
    if (now - before < kResting) return;
    before = now;
  }
}

// How much the server's memory has grown since `before`, for each of `count`.
Sample growth_of(const Server& server, double before, double count) {
  await_rest(server);
  return {{"bytes", (private_bytes(server.pid()) - before) / count}};
}

}  // namespace

std::string describe(const Scenario& scenario) {
  switch (scenario.kind) {
    case Scenario::Kind::kLoad:
      break;
    case Scenario::Kind::kHandOver:
      return "hand-over";
    case Scenario::Kind::kConnect:
      return "connect";
    case Scenario::Kind::kIdleSessions:
      return "idle sessions";
    case Scenario::Kind::kParkedCalls:
      return "parked calls";
    case Scenario::Kind::kStoredItems:
      return "stored items";
    case Scenario::Kind::kMemoryOfValue:
      return absl::StrCat(scenario.mebibytes, " MiB set and got");
    case Scenario::Kind::kThroughDict:
      return absl::StrCat("dict of ", scenario.mebibytes, " MiB");
    case Scenario::Kind::kThroughQueue:
      return absl::StrCat("queue of ", scenario.mebibytes, " MiB");
    case Scenario::Kind::kKills:
      return "a worker killed each second";
    case Scenario::Kind::kDeaths:
      return "death of a worker to its task at another";
    case Scenario::Kind::kIteration:
      return "iterate a dict";
    case Scenario::Kind::kProxies:
      return "make proxies";
    case Scenario::Kind::kMap:
      return "map of 100,000";
    case Scenario::Kind::kSubmit:
      return "submit of 10,000";
    case Scenario::Kind::kImap:
      return "imap of 10,000";
    case Scenario::Kind::kApply:
      return "apply of 2,000";
    case Scenario::Kind::kStarmap:
      return "starmap of 100,000";
    case Scenario::Kind::kTasks:
      return "100 asyncio tasks";
    case Scenario::Kind::kEngine:
      return absl::StrCat("the Engine alone, batches of ", scenario.in_flight);
  }
  if (scenario.batch) return absl::StrCat("batches of ", scenario.in_flight);
  if (scenario.in_flight > 1) return absl::StrCat(scenario.in_flight, " in flight");
  if (scenario.threads > 1) return absl::StrCat(scenario.threads, " threads");
  std::string text =
      scenario.processes == 1 ? "1 process" : absl::StrCat(scenario.processes, " processes");
  if (const int size = scenario.beside_mebibytes; size > 0) {
    absl::StrAppend(&text, " beside ", size, " MiB");
  }
  return text;
}

Laboratory::Laboratory(const Places& places, double seconds) : places_(places), seconds_(seconds) {}

Server& Laboratory::server(const Setup& setup) {
  const auto found = servers_.find(setup);
  if (found != servers_.end()) return found->second;
  return servers_.try_emplace(setup, setup, places_).first->second;
}

Sample Laboratory::measure(const Setup& setup, const Scenario& scenario) {
  try {
    switch (scenario.kind) {
      case Scenario::Kind::kLoad:
        return load(server(setup), scenario);
      case Scenario::Kind::kHandOver:
        return hand_over(server(setup));
      case Scenario::Kind::kConnect:
        return ask_one(server(setup), absl::StrCat("connect ", end_of_measuring()));
      case Scenario::Kind::kIdleSessions:
        return idle_sessions(Server(setup, places_));
      case Scenario::Kind::kParkedCalls:
        return parked_calls(Server(setup, places_));
      case Scenario::Kind::kStoredItems:
        return stored_items(Server(setup, places_));
      case Scenario::Kind::kMemoryOfValue:
        return memory_of_value(Server(setup, places_), scenario.mebibytes);
      case Scenario::Kind::kThroughDict:
        return ask_one(server(setup), carry("dict", scenario.mebibytes, end_of_measuring()));
      case Scenario::Kind::kThroughQueue:
        return ask_one(server(setup), carry("queue", scenario.mebibytes, end_of_measuring()));
      case Scenario::Kind::kKills:
        return ask_one(server(setup), absl::StrCat("kills ", kWorkload * seconds_));
      case Scenario::Kind::kDeaths:
        return ask_one(server(setup), "deaths");
      case Scenario::Kind::kIteration:
        return ask_one(server(setup), absl::StrCat("iterate 100000 ", end_of_measuring()));
      case Scenario::Kind::kProxies:
        return ask_one(server(setup), absl::StrCat("proxies ", end_of_measuring()));
      case Scenario::Kind::kMap:
        return ask_one(server(setup), "map 100000");
      case Scenario::Kind::kSubmit:
        return ask_one(server(setup), "submit 10000");
      case Scenario::Kind::kImap:
        return ask_one(server(setup), "imap 10000");
      case Scenario::Kind::kApply:
        return ask_one(server(setup), "apply 2000");
      case Scenario::Kind::kStarmap:
        return ask_one(server(setup), "starmap 100000");
      case Scenario::Kind::kTasks:
        return ask_one(server(setup), "tasks 100");
      case Scenario::Kind::kEngine:
        return measure_engine(static_cast<size_t>(scenario.in_flight), seconds_);
    }
    throw std::logic_error("a scenario without a measurement");
  } catch (...) {
    servers_.erase(setup);
    throw;
  }
}

Sample Laboratory::load(const Server& server, const Scenario& scenario) const {
  std::vector<Child> clients = server.start_clients(scenario.processes);
  std::optional<Child> carrier;
  if (scenario.beside_mebibytes > 0) carrier.emplace(server.start_client());
  const double seconds = carrier ? kBesideValue * seconds_ : seconds_;

  // Connections of many threads are opened while it warms up.
  const double warming = scenario.processes * scenario.threads >= 8 ? 0.4 : 0.15;
  const int64_t start = monotonic_now() + nanoseconds(warming);
  const int64_t end = start + nanoseconds(seconds);
  if (carrier) carrier->write_line(carry("queue", scenario.beside_mebibytes, end));
  const std::string command =
      absl::StrFormat("load %d %d %s %d %d", scenario.threads, scenario.in_flight,
                      scenario.batch ? "batch" : "sliding", start, end);
  for (Child& client : clients) client.write_line(command);
  sleep_until(start);
  const double before = cpu_seconds(server.pid());
  sleep_until(end);
  const double server_cpu = cpu_seconds(server.pid()) - before;

  double operations = 0;
  double client_cpu = 0;
  Sample sample;
  for (Child& client : clients) {
    Sample answer = answer_of(client);
    operations += answer["ops"];
    client_cpu += answer["cpu"];
    // The waits of several aren't combined: the worst counts.
    for (const char* wait : {"p50_us", "p99_us"}) {
      if (answer.contains(wait)) sample[wait] = std::max(sample[wait], answer[wait]);
    }
  }
  if (carrier) answer_of(*carrier, kPreparing);
  if (operations == 0) throw std::runtime_error("no operation was answered in time");
  sample["ops"] = operations / seconds;
  sample["server_us"] = server_cpu / operations * 1e6;
  sample["client_us"] = client_cpu / operations * 1e6;
  return sample;
}

Sample Laboratory::hand_over(const Server& server) const {
  Child taker = server.start_client();
  Child putter = server.start_client();
  taker.write_line("take");
  ask(putter, absl::StrCat("put ", end_of_measuring()));
  return answer_of(taker);
}

int64_t Laboratory::end_of_measuring() const { return monotonic_now() + nanoseconds(seconds_); }

Sample Laboratory::ask_one(const Server& server, const std::string& command) const {
  Child client = server.start_client();
  return ask(client, command);
}

Sample Laboratory::idle_sessions(const Server& server) const {
  Child client = server.start_client();
  ask(client, "sessions 20");  // What a server allocates once is no cost of a session.
  await_rest(server);
  const double before = private_bytes(server.pid());
  ask(client, absl::StrCat("sessions ", kSessions));
  return growth_of(server, before, kSessions);
}

Sample Laboratory::parked_calls(const Server& server) const {
  const bool many_on_one = server.setup().system == System::kOurs;
  const int sessions = many_on_one ? 100 : 1000;
  const int calls = many_on_one ? 100 : 1;

  Child client = server.start_client();
  double before = private_bytes(server.pid());
  ask(client, absl::StrCat("sessions ", sessions));
  if (many_on_one) {
    await_rest(server);
    before = private_bytes(server.pid());
  }
  ask(client, absl::StrCat("park ", calls));
  Sample sample = growth_of(server, before, sessions * calls);

  const double idle_before = cpu_seconds(server.pid());
  constexpr auto kIdle = 1s;
  std::this_thread::sleep_for(kIdle);
  sample["idle_percent"] =
      (cpu_seconds(server.pid()) - idle_before) / static_cast<double>(kIdle.count()) * 100;
  sample["wake_seconds"] = ask(client, "wake")["seconds"];
  return sample;
}

Sample Laboratory::stored_items(const Server& server) const {
  Child client = server.start_client();
  await_rest(server);
  const double before = private_bytes(server.pid());
  ask(client, absl::StrCat("fill ", kItems));
  return growth_of(server, before, kItems);
}

Sample Laboratory::memory_of_value(const Server& server, int mebibytes) const {
  Child client = server.start_client();
  const MemoryPeak of_server(server.pid());
  const MemoryPeak of_client(client.pid());
  ask(client, carry("dict", mebibytes, monotonic_now()));
  const double value = static_cast<double>(mebibytes) * (1 << 20);
  return {{"manager_values", of_server.growth() / value - 1},
          {"client_values", of_client.growth() / value - 1}};
}

}  // namespace syncmanager::bench

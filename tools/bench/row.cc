#include "tools/bench/row.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace syncmanager::bench {
namespace {

constexpr Setup kOursUnix{System::kOurs, Transport::kUnix};
constexpr Setup kOursTcp{System::kOurs, Transport::kTcp};
constexpr Setup kOursTls{System::kOurs, Transport::kTls};
constexpr Setup kPythonUnix{System::kPython, Transport::kUnix};
constexpr Setup kPythonTcp{System::kPython, Transport::kTcp};
constexpr Setup kOursNoSpin{System::kOurs, Transport::kUnix, false};

Scenario processes(int count) { return {.processes = count}; }
Scenario threads(int count) { return {.threads = count}; }
Scenario in_flight(int count, bool batch) { return {.in_flight = count, .batch = batch}; }
Scenario of_kind(Scenario::Kind kind) { return {.kind = kind}; }
Goal ratio(double limit) { return {Goal::Kind::kRatioAtLeast, limit}; }
Goal at_most(double limit) { return {Goal::Kind::kAtMost, limit}; }

// Collects the rows; a section and a figure hold for the rows after them.
class Table {
 public:
  void begin(std::string section, Unit unit, std::string figure) {
    section_ = std::move(section);
    unit_ = unit;
    figure_ = std::move(figure);
  }

  void add(const Setup& ours, const Scenario& scenario, System peer, Goal goal = {}) {
    const Setup theirs{peer, ours.transport};
    add_against(ours, scenario, theirs, std::string(name_of(peer)), goal);
  }

  void add_against(const Setup& ours, const Scenario& scenario, const Setup& peer,
                   const std::string& peer_name, Goal goal) {
    Row row = alone(ours, scenario, goal);
    absl::StrAppend(&row.name, ", against ", peer_name);
    row.peer = Source{peer, scenario, figure_};
    row.peer_name = peer_name;
    rows_.push_back(std::move(row));
  }

  // Against another figure of the same visit.
  void add_beside(const Setup& ours, const Scenario& scenario, const std::string& peer_figure,
                  const std::string& peer_name, Goal goal) {
    add_against(ours, scenario, ours, peer_name, goal);
    rows_.back().peer->figure = peer_figure;
  }

  // Against the same figure in another scenario.
  void add_against_scenario(const Setup& ours, const Scenario& scenario, const Scenario& other,
                            Goal goal) {
    add_against(ours, scenario, ours, describe(other), goal);
    rows_.back().peer->scenario = other;
  }

  void add_alone(const Setup& ours, const Scenario& scenario, Goal goal) {
    rows_.push_back(alone(ours, scenario, goal));
  }

  std::vector<Row> take() { return std::move(rows_); }

 private:
  Row alone(const Setup& ours, const Scenario& scenario, Goal goal) const {
    std::string name = absl::StrCat(section_, ": ", describe(scenario));
    if (scenario.kind != Scenario::Kind::kEngine) {
      absl::StrAppend(&name, describe(ours).substr(name_of(System::kOurs).size()));
    }
    return {section_, std::move(name), unit_, {ours, scenario, figure_}, {}, {}, goal};
  }

  std::string section_;
  Unit unit_ = Unit::kOperations;
  std::string figure_;
  std::vector<Row> rows_;
};

void add_waits(Table& table) {
  for (const char* figure : {"p50_us", "p99_us"}) {
    table.begin(std::string("wait ") + std::string(figure, 3), Unit::kMicroseconds, figure);
    for (const Setup& ours : {kOursUnix, kOursNoSpin, kOursTcp}) {
      table.add(ours, processes(1), System::kCpython);
      table.add(ours, processes(1), System::kRedis);
    }
  }
}

void add_throughput(Table& table) {
  table.begin("operations/s", Unit::kOperations, "ops");
  table.add(kOursUnix, processes(1), System::kCpython, ratio(1.7));
  table.add(kOursUnix, processes(1), System::kRedis, ratio(1.05));
  table.add(kOursNoSpin, processes(1), System::kCpython, ratio(1.2));
  table.add(kOursTcp, processes(1), System::kCpython, ratio(1.2));
  table.add(kOursTcp, processes(1), System::kRedis, ratio(0.9));
  table.add_against(kOursTls, processes(1), kOursTcp, "TCP with tags", ratio(1 / 1.25));
  for (const int count : {2, 8, 50}) {
    const bool goal = count > 2;
    table.add(kOursUnix, processes(count), System::kCpython, goal ? ratio(3) : Goal{});
    table.add(kOursUnix, processes(count), System::kRedis, goal ? ratio(1) : Goal{});
    table.add(kOursTcp, processes(count), System::kCpython, goal ? ratio(1.5) : Goal{});
    table.add(kOursTcp, processes(count), System::kRedis,
              goal ? ratio(count == 8 ? 0.85 : 0.75) : Goal{});
  }
  table.add_against(kOursTls, processes(8), kOursTcp, "TCP with tags", {});
  for (const int count : {8, 50}) {
    const bool goal = count == 8;
    table.add(kOursUnix, threads(count), System::kCpython, goal ? ratio(2) : Goal{});
    table.add(kOursUnix, threads(count), System::kRedis, goal ? ratio(1.1) : Goal{});
    table.add(kOursTcp, threads(count), System::kRedis, goal ? ratio(1) : Goal{});
  }
  table.add(kOursUnix, in_flight(64, false), System::kRedis, ratio(1));
  table.add(kOursTcp, in_flight(64, false), System::kRedis);
  table.add(kOursUnix, in_flight(128, true), System::kRedis, ratio(0.8));
  table.add(kOursTcp, in_flight(128, true), System::kRedis);
  for (const int count : {512, 1024, 4096}) {
    table.add_against_scenario(kOursUnix, in_flight(count, false), in_flight(256, false),
                               ratio(0.9));
  }
}

void add_cpu(Table& table) {
  for (const auto& [name, figure] : {std::pair("CPU/operation in the manager", "server_us"),
                                     std::pair("CPU/operation in the clients", "client_us")}) {
    table.begin(name, Unit::kMicroseconds, figure);
    for (const Scenario& scenario : {processes(1), processes(8)}) {
      table.add(kOursUnix, scenario, System::kCpython);
      table.add(kOursUnix, scenario, System::kRedis);
    }
    table.add(kOursUnix, in_flight(128, true), System::kRedis);
  }
}

void add_latencies(Table& table) {
  table.begin("put to blocked get p50", Unit::kMicroseconds, "p50_us");
  for (const Setup& ours : {kOursUnix, kOursTcp}) {
    table.add(ours, of_kind(Scenario::Kind::kHandOver), System::kCpython);
    table.add(ours, of_kind(Scenario::Kind::kHandOver), System::kRedis,
              ratio(ours.transport == Transport::kUnix ? 1 : 0.9));
  }
  table.begin("connect and authenticate p50", Unit::kMicroseconds, "p50_us");
  const Scenario connect = of_kind(Scenario::Kind::kConnect);
  table.add(kOursUnix, connect, System::kCpython, at_most(350));
  table.add(kOursUnix, connect, System::kRedis);
  table.add(kOursTcp, connect, System::kCpython, at_most(450));
  table.add(kOursTcp, connect, System::kRedis);
  table.add_against(kOursTls, connect, kOursTcp, "TCP with tags", {});
}

void add_memory(Table& table) {
  const Scenario sessions = of_kind(Scenario::Kind::kIdleSessions);
  const Scenario parked = of_kind(Scenario::Kind::kParkedCalls);
  const Scenario items = of_kind(Scenario::Kind::kStoredItems);
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

void add_large_values(Table& table, bool quick) {
  table.begin("large values", Unit::kBytesASecond, "bytes_s");
  for (const int mebibytes : quick ? std::vector{1, 64} : std::vector{1, 64, 512}) {
    for (const auto kind : {Scenario::Kind::kThroughDict, Scenario::Kind::kThroughQueue}) {
      for (const Setup& ours : {kOursUnix, kPythonUnix}) {
        const Scenario scenario{.kind = kind, .mebibytes = mebibytes};
        table.add(ours, scenario, System::kCpython, ratio(3));
        table.add(ours, scenario, System::kRedis, ratio(1));
      }
    }
  }
  const int large = quick ? 64 : 256;
  const Scenario beside{.processes = 4, .beside_mebibytes = large};
  table.begin("wait p99 beside a large value", Unit::kMicroseconds, "p99_us");
  table.add_against_scenario(kOursUnix, beside, processes(4), ratio(1 / 2.0));
  table.add(kOursUnix, beside, System::kRedis);

  const Scenario memory{.kind = Scenario::Kind::kMemoryOfValue, .mebibytes = large};
  table.begin("memory of a large value in the manager", Unit::kValues, "manager_values");
  table.add(kOursUnix, memory, System::kCpython, at_most(1.2));
  table.add(kOursUnix, memory, System::kRedis);
  table.begin("memory of a large value in the client", Unit::kValues, "client_values");
  table.add(kOursUnix, memory, System::kRedis, at_most(2));
  table.add(kPythonUnix, memory, System::kCpython, at_most(2));
}

// Operations in batches cost the least, so that what grows with the work shows the most in them.
void add_growth(Table& table) {
  table.begin("cost as work grows", Unit::kOperations, "ops");
  for (const Growth growth : {Growth::kItems, Growth::kObjects, Growth::kParkedCalls}) {
    const Setup grown{System::kOurs, Transport::kUnix, true, growth};
    table.add_against(grown, in_flight(128, true), kOursUnix, "ours without", ratio(1 / 1.3));
  }
}

void add_pools(Table& table) {
  table.begin("Python pool", Unit::kOperations, "ops");
  table.add(kPythonUnix, of_kind(Scenario::Kind::kMap), System::kCpython, ratio(1));
  table.add(kPythonUnix, of_kind(Scenario::Kind::kSubmit), System::kCpython, ratio(2));
  table.add(kPythonUnix, of_kind(Scenario::Kind::kImap), System::kCpython, ratio(1));
  table.add(kPythonUnix, of_kind(Scenario::Kind::kStarmap), System::kCpython, ratio(1));
  // A lone task wakes six threads one after the other, by way of the manager, and CPython's wakes
  // four.
  table.add(kPythonUnix, of_kind(Scenario::Kind::kApply), System::kCpython, ratio(0.6));
  const Scenario kills = of_kind(Scenario::Kind::kKills);
  table.begin("Python pool: all done within", Unit::kSeconds, "seconds");
  table.add_beside(kPythonUnix, kills, "undisturbed_seconds", "undisturbed", ratio(1 / 1.5));
  table.begin("Python pool: work done again", Unit::kPercent, "lost_percent");
  table.add_alone(kPythonUnix, kills, {});
  table.begin("Python pool: wait p99", Unit::kMicroseconds, "p99_us");
  table.add_alone(kPythonUnix, of_kind(Scenario::Kind::kDeaths), at_most(100'000));
}

void add_python(Table& table) {
  const Scenario tasks = of_kind(Scenario::Kind::kTasks);
  table.begin("Python", Unit::kOperations, "ops");
  table.add(kPythonUnix, processes(1), System::kCpython, ratio(1.6));
  table.add(kPythonUnix, processes(8), System::kCpython, ratio(2.5));
  table.add(kPythonTcp, processes(1), System::kCpython);
  table.add(kPythonTcp, processes(8), System::kCpython);
  table.add(kPythonUnix, of_kind(Scenario::Kind::kIteration), System::kCpython, ratio(50));
  table.add(kPythonUnix, of_kind(Scenario::Kind::kProxies), System::kCpython, ratio(10));
  table.begin("Python: all woken within", Unit::kSeconds, "wake_seconds");
  table.add_alone(kPythonUnix, tasks, {});
  table.begin("Python: threads for those who wait", Unit::kThreads, "threads");
  table.add_alone(kPythonUnix, tasks, at_most(0));
}

}  // namespace

std::vector<Row> all_rows(bool quick) {
  Table table;
  add_waits(table);
  add_throughput(table);
  add_cpu(table);
  add_latencies(table);
  add_memory(table);
  add_large_values(table, quick);
  add_growth(table);
  add_python(table);
  add_pools(table);
  table.begin("without network", Unit::kOperations, "ops");
  const Goal two_million{Goal::Kind::kAtLeast, 2e6};
  table.add_alone(kOursUnix, {.kind = Scenario::Kind::kEngine, .in_flight = 128}, two_million);
  table.add_alone(kOursUnix, {.kind = Scenario::Kind::kEngine, .in_flight = 1}, {});
  return table.take();
}

std::optional<bool> Result::met() const {
  switch (row.goal.kind) {
    case Goal::Kind::kNone:
      break;
    case Goal::Kind::kRatioAtLeast:
      if (ratio) return ratio->median >= row.goal.limit;
      break;
    case Goal::Kind::kAtMost:
      if (ours) return ours->median <= row.goal.limit;
      break;
    case Goal::Kind::kAtLeast:
      if (ours) return ours->median >= row.goal.limit;
      break;
  }
  return std::nullopt;
}

}  // namespace syncmanager::bench

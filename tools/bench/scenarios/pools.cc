#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/bench/family.h"
#include "tools/bench/visit.h"

namespace syncmanager::bench::scenarios {
namespace {

// ops: tiny tasks a second. pools.py has the command.
Scenario tiny_tasks(std::string name, std::string command) {
  return {.name = std::move(name),
          .measure = [command = std::move(command)](Visit& visit) { return visit.ask(command); }};
}

// undisturbed_seconds, seconds and lost_percent: two workers have 120 times as much to do as a
// load is long, and that again while one of them is killed each second.
Sample measure_kills(Visit& visit) {
  return visit.ask(absl::StrCat("pools.kills ", 120 * visit.seconds()));
}

// p50_us and p99_us, from the death of a worker until another one begins its task.
Sample measure_deaths(Visit& visit) { return visit.ask("pools.deaths"); }

void add_rows(Table& table) {
  table.begin("Python pool", Unit::kOperations, "ops");
  table.add(kPythonUnix, tiny_tasks("map of 100,000", "pools.map 100000"), System::kCpython,
            ratio(1));
  table.add(kPythonUnix, tiny_tasks("submit of 10,000", "pools.submit 10000"), System::kCpython,
            ratio(2));
  table.add(kPythonUnix, tiny_tasks("imap of 10,000", "pools.imap 10000"), System::kCpython,
            ratio(1));
  table.add(kPythonUnix, tiny_tasks("starmap of 100,000", "pools.starmap 100000"), System::kCpython,
            ratio(1));
  // A lone task wakes six threads one after the other, by way of the manager, and CPython's wakes
  // four.
  table.add(kPythonUnix, tiny_tasks("apply of 2,000", "pools.apply 2000"), System::kCpython,
            ratio(0.6));

  const Scenario kills{"a worker killed each second", measure_kills, true};
  table.begin("Python pool: all done within", Unit::kSeconds, "seconds");
  table.add_beside(kPythonUnix, kills, "undisturbed_seconds", "undisturbed", ratio(1 / 1.5));
  table.begin("Python pool: work done again", Unit::kPercent, "lost_percent");
  table.add_alone(kPythonUnix, kills, {});
  table.begin("Python pool: wait p99", Unit::kMicroseconds, "p99_us");
  table.add_alone(kPythonUnix, {"death of a worker to its task at another", measure_deaths, true},
                  at_most(100'000));
}

}  // namespace

Family pools() { return {add_rows, {}}; }

}  // namespace syncmanager::bench::scenarios

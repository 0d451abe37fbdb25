#include "tools/bench/family.h"
#include "tools/bench/visit.h"

namespace syncmanager::bench::scenarios {
namespace {

// threads: how many more the process has while 100 tasks wait for an event; wake_seconds until the
// event has woken all.
Sample measure(Visit& visit) { return visit.ask("asyncio_tasks.wait 100"); }

void add_rows(Table& table) {
  const Scenario tasks{"100 asyncio tasks", measure};
  table.begin("Python: all woken within", Unit::kSeconds, "wake_seconds");
  table.add_alone(kPythonUnix, tasks, {});
  table.begin("Python: threads for those who wait", Unit::kThreads, "threads");
  table.add_alone(kPythonUnix, tasks, at_most(0));
}

}  // namespace

Family asyncio_tasks() { return {add_rows, {}}; }

}  // namespace syncmanager::bench::scenarios

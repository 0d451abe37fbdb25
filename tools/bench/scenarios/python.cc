#include "tools/bench/family.h"
#include "tools/bench/scenarios/dict_calls.h"
#include "tools/bench/visit.h"

namespace syncmanager::bench::scenarios {
namespace {

// python.py has the commands.
Sample iterate(Visit& visit) { return visit.ask_until_end("python.iterate 100000"); }
Sample make_proxies(Visit& visit) { return visit.ask_until_end("python.proxies"); }

void add_rows(Table& table) {
  table.begin("Python", Unit::kOperations, "ops");
  table.add(kPythonUnix, processes(1), System::kCpython, ratio(1.6));
  table.add(kPythonUnix, processes(8), System::kCpython, ratio(2.5));
  table.add(kPythonTcp, processes(1), System::kCpython);
  table.add(kPythonTcp, processes(8), System::kCpython);
  table.add(kPythonUnix, {"iterate a dict", iterate}, System::kCpython, ratio(50));
  table.add(kPythonUnix, {"make proxies", make_proxies}, System::kCpython, ratio(10));
}

}  // namespace

Family python() { return {add_rows, {}}; }

}  // namespace syncmanager::bench::scenarios

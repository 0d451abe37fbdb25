#include <syncmanager/client.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "protos/support/str_cat.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/output/output.h"
#include "tools/syncctl/output/text.h"

namespace syncmanager {
namespace {

using nlohmann::json;
using std::chrono::microseconds;
using std::chrono::steady_clock;

int ping(const Common& common, int count) {
  const Client client = connect(common);
  std::vector<microseconds> times;
  for (int i = 0; i < count; ++i) {
    const auto start = steady_clock::now();
    client.ping();
    times.push_back(std::chrono::duration_cast<microseconds>(steady_clock::now() - start));
  }
  std::sort(times.begin(), times.end());
  const microseconds median = times[times.size() / 2];
  const Statistics manager = client.statistics();
  if (common.json) {
    print_json({{"server_id", manager.server_id}, {"median_us", median.count()}});
  } else {
    print(str_cat(print_name(manager.server_id), " answers in ", print_duration(median),
                  " (median of ", count, ", ", print_duration(times.front()), " to ",
                  print_duration(times.back()), "), up for ", print_duration(manager.uptime),
                  "\n"));
  }
  return 0;
}

int statistics(const Common& common) {
  const Statistics now = connect(common).statistics();
  if (common.json) {
    print_json({{"server_id", now.server_id},
                {"version", now.version},
                {"objects", now.objects},
                {"sessions", now.sessions},
                {"parked", now.parked},
                {"bytes", now.bytes},
                {"bytes_limit", now.bytes_limit},
                {"operations", now.operations},
                {"uptime_us", now.uptime.count()}});
    return 0;
  }
  print(str_cat(print_name(now.server_id), " ", print_name(now.version), ", up for ",
                print_duration(now.uptime), "\n", now.objects, " objects, ", print_bytes(now.bytes),
                " of ", print_bytes(now.bytes_limit), "\n", now.sessions, " sessions, ", now.parked,
                " calls waiting\n", now.operations, " operations so far\n"));
  return 0;
}

}  // namespace

void add_ping(CommandLine& line) {
  const auto count = std::make_shared<int>(10);
  CLI::App& command =
      line.add({.group = "The manager",
                .name = "ping",
                .does = "Ask whether a manager answers, and how fast",
                .examples = {{"Ten times", "syncctl ping"},
                             {"Once, in a script", "syncctl ping --count 1 --json"}},
                .notes = "\nExit codes: 0; 2 if no manager answers."},
               [count](const Common& common) { return ping(common, *count); });
  command.add_option("-n,--count", *count, "How often")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000).description(""));
}

void add_stats(CommandLine& line) {
  line.add(
      {.group = "The manager",
       .name = "stats",
       .does = "Print the manager's figures",
       .examples = {{"For a person", "syncctl stats"}, {"For a program", "syncctl stats --json"}},
       .notes = "\nExit codes: 0; 2."},
      statistics);
}

}  // namespace syncmanager

#include "tools/syncctl/commands.h"

#include <syncmanager/client.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "protos/support/str_cat.h"
#include "tools/syncctl/output.h"
#include "tools/syncctl/table.h"
#include "tools/syncctl/text.h"

namespace syncmanager {
namespace {

using nlohmann::json;
using std::chrono::microseconds;
using std::chrono::steady_clock;

json json_of(const ObjectSummary& object) {
  return {{"id", object.id},     {"name", object.name},   {"type", object.type},
          {"size", object.size}, {"bytes", object.bytes}, {"parked", object.parked}};
}

json json_of(const CallerState& caller) {
  return {{"session", caller.session},         {"caller", caller.caller},
          {"client", caller.client},           {"since_us", caller.since.count()},
          {"fencing", caller.fencing},         {"count", caller.count},
          {"left_behind", caller.left_behind}, {"what", caller.what}};
}

std::string describe(const CallerState& caller) {
  std::string text = str_cat("session ", caller.session, ", caller ", caller.caller);
  if (!caller.client.empty()) text += str_cat(" (", print_name(caller.client), ")");
  text += ", for " + print_duration(caller.since);
  if (!caller.what.empty()) text += str_cat(": ", on_one_line(caller.what));
  if (caller.count > 1) text += str_cat(", ", caller.count, " times");
  if (caller.fencing != 0) text += str_cat(", fencing number ", caller.fencing);
  if (caller.left_behind) text += ", left behind by a session that said goodbye";
  return text;
}

}  // namespace

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

int list(const Common& common, const std::string& prefix, bool anonymous) {
  const std::vector<ObjectSummary> objects = connect(common).objects(prefix, anonymous);
  if (common.json) {
    json all = json::array();
    for (const ObjectSummary& object : objects) all.push_back(json_of(object));
    print_json(all);
    return 0;
  }
  Table table({{"NAME"}, {"TYPE"}, {"SIZE", true}, {"BYTES", true}, {"WAITING", true}});
  for (const ObjectSummary& object : objects) {
    table.add({object.name.empty() ? str_cat("(", object.id, ")") : print_name(object.name),
               object.type, str_cat(object.size), print_bytes(object.bytes),
               str_cat(object.parked)});
  }
  print(table.print(columns()));
  return 0;
}

int show(const Common& common, const std::string& name) {
  const std::optional<ObjectState> state = connect(common).inspect(name);
  if (!state) return complain_of_none(name);
  if (common.json) {
    json all = json_of(state->summary);
    all["references"] = state->references;
    all["detail"] = state->detail;
    all["holders"] = all["waiters"] = json::array();
    for (const CallerState& caller : state->holders) all["holders"].push_back(json_of(caller));
    for (const CallerState& caller : state->waiters) all["waiters"].push_back(json_of(caller));
    print_json(all);
    return 0;
  }
  std::string text =
      str_cat(state->summary.type, " \"", print_name(name), "\": size ", state->summary.size, ", ",
              print_bytes(state->summary.bytes), ", ", state->references, " references\n");
  if (!state->detail.empty()) text += on_one_line(state->detail) + "\n";
  for (const CallerState& caller : state->holders) text += "  held by  " + describe(caller) + "\n";
  for (const CallerState& caller : state->waiters) text += "  waiting  " + describe(caller) + "\n";
  print(text);
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

int remove(const Common& common, const std::string& name) {
  return connect(common).remove(name) ? 0 : complain_of_none(name);
}

}  // namespace syncmanager

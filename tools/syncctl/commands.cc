#include "tools/syncctl/commands.h"

#include <spawn.h>
#include <syncmanager/client.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "protos/str_cat.h"
#include "tools/syncctl/shell_value.h"
#include "tools/syncctl/table.h"

extern char** environ;

namespace syncmanager {
namespace {

using nlohmann::json;
using Seconds = std::chrono::duration<double>;
using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::steady_clock;

// Far enough to be for ever, near enough for every clock.
constexpr double kForEver = 1e6;

// The timeout as a duration that the client takes.
microseconds wait_of(const std::optional<double>& timeout) {
  return std::chrono::duration_cast<microseconds>(Seconds(timeout.value_or(kForEver)));
}

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
  if (!caller.what.empty()) text += str_cat(": ", caller.what);
  if (caller.count > 1) text += str_cat(", ", caller.count, " times");
  if (caller.fencing != 0) text += str_cat(", fencing number ", caller.fencing);
  if (caller.left_behind) text += ", left behind by a session that said goodbye";
  return text;
}

int print_value_of(const Common& common, const std::optional<ShellValue>& value,
                   const std::string& otherwise) {
  if (!value) return complain(otherwise);
  std::cout << (common.json ? value->json().dump() : value->print()) << '\n';
  return 0;
}

std::string type_of(const Client& client, const std::string& name) {
  const auto state = client.inspect(name);
  return state ? state->summary.type : std::string();
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
    std::cout << json{{"server_id", manager.server_id}, {"median_us", median.count()}} << '\n';
  } else {
    std::cout << manager.server_id << " answers in " << print_duration(median) << " (median of "
              << count << ", " << print_duration(times.front()) << " to "
              << print_duration(times.back()) << "), up for " << print_duration(manager.uptime)
              << '\n';
  }
  return 0;
}

int list(const Common& common, const std::string& prefix, bool anonymous) {
  const std::vector<ObjectSummary> objects = connect(common).objects(prefix, anonymous);
  if (common.json) {
    json all = json::array();
    for (const ObjectSummary& object : objects) all.push_back(json_of(object));
    std::cout << all << '\n';
    return 0;
  }
  Table table({"NAME", "TYPE", "SIZE", "BYTES", "WAITING"});
  for (const ObjectSummary& object : objects) {
    table.add({object.name.empty() ? str_cat("(", object.id, ")") : object.name, object.type,
               str_cat(object.size), print_bytes(object.bytes), str_cat(object.parked)});
  }
  std::cout << table.print();
  return 0;
}

int show(const Common& common, const std::string& name) {
  const std::optional<ObjectState> state = connect(common).inspect(name);
  if (!state) return complain(str_cat("there is no object named \"", name, "\"; see `syncctl ls`"));
  if (common.json) {
    json all = json_of(state->summary);
    all["references"] = state->references;
    all["detail"] = state->detail;
    all["holders"] = all["waiters"] = json::array();
    for (const CallerState& caller : state->holders) all["holders"].push_back(json_of(caller));
    for (const CallerState& caller : state->waiters) all["waiters"].push_back(json_of(caller));
    std::cout << all << '\n';
    return 0;
  }
  std::cout << state->summary.type << " \"" << name << "\": size " << state->summary.size << ", "
            << print_bytes(state->summary.bytes) << ", " << state->references << " references\n";
  if (!state->detail.empty()) std::cout << state->detail << '\n';
  for (const CallerState& caller : state->holders) {
    std::cout << "  held by  " << describe(caller) << '\n';
  }
  for (const CallerState& caller : state->waiters) {
    std::cout << "  waiting  " << describe(caller) << '\n';
  }
  return 0;
}

int statistics(const Common& common) {
  const Statistics now = connect(common).statistics();
  if (common.json) {
    std::cout << json{{"server_id", now.server_id},     {"version", now.version},
                      {"objects", now.objects},         {"sessions", now.sessions},
                      {"parked", now.parked},           {"bytes", now.bytes},
                      {"bytes_limit", now.bytes_limit}, {"operations", now.operations},
                      {"uptime_us", now.uptime.count()}}
              << '\n';
    return 0;
  }
  std::cout << now.server_id << ' ' << now.version << ", up for " << print_duration(now.uptime)
            << '\n'
            << now.objects << " objects, " << print_bytes(now.bytes) << " of "
            << print_bytes(now.bytes_limit) << '\n'
            << now.sessions << " sessions, " << now.parked << " calls waiting\n"
            << now.operations << " operations so far\n";
  return 0;
}

int remove(const Common& common, const std::string& name) {
  if (connect(common).remove(name)) return 0;
  return complain(str_cat("there is no object named \"", name, "\""));
}

int get(const Common& common, const Get& wanted) {
  const Client client = connect(common);
  const std::string type = type_of(client, wanted.name);
  const std::string quoted = str_cat("\"", wanted.name, "\"");
  const auto key = [&] {
    if (!wanted.key) throw InvalidArgument(str_cat(quoted, " is a ", type, ": name a key too"));
    return *wanted.key;
  };
  const auto item = [&](const auto& queue) {
    const int code = print_value_of(common, queue->try_get_for(wait_of(wanted.timeout)),
                                    str_cat(quoted, ": no item in time"));
    // Nobody else can say so: of a reliable queue it would come back when this session ends.
    if (code == 0) queue->task_done();
    return code;
  };
  if (type == "Queue") return item(client.find<Queue<ShellValue>>(wanted.name));
  if (type == "LifoQueue") return item(client.find<LifoQueue<ShellValue>>(wanted.name));
  if (type == "PriorityQueue") return item(client.find<PriorityQueue<ShellValue>>(wanted.name));
  if (type == "Dict") {
    const auto dict = client.find<Dict<ShellValue, ShellValue>>(wanted.name);
    return print_value_of(common, dict->find(ShellValue::read(key(), false)),
                          str_cat(quoted, " has no such key"));
  }
  if (type == "Namespace") {
    return print_value_of(common, client.find<Namespace>(wanted.name)->find<ShellValue>(key()),
                          str_cat(quoted, " has no such attribute"));
  }
  if (type == "Value") {
    return print_value_of(common, client.find<Value<ShellValue>>(wanted.name)->get(), "");
  }
  if (type.empty()) return complain(str_cat("there is no object named ", quoted));
  throw WrongType(
      str_cat(quoted, " is a ", type, ": get is for queues, dicts, namespaces and values"));
}

int put(const Common& common, const Put& items) {
  const Client client = connect(common);
  auto queue = client.find<Queue<ShellValue>>(items.name);
  if (!queue) queue = client.queue<ShellValue>(items.name, {.reliable = items.reliable});
  for (const std::string& word : items.words) {
    const ShellValue item = ShellValue::read(word, items.text);
    if (items.delay) {
      queue->put_after(item, Seconds(*items.delay));
    } else if (items.once) {
      if (queue->put_once(*items.once, item)) continue;
      return complain(
          str_cat("\"", items.name, "\" has an item with the key \"", *items.once, "\""));
    } else if (!queue->try_put_for(item, wait_of(items.timeout))) {
      return complain(str_cat("\"", items.name, "\": no room in time"));
    }
  }
  return 0;
}

int set(const Common& common, const Put& entry) {
  const Client client = connect(common);
  const std::string type = type_of(client, entry.name);
  const ShellValue value = ShellValue::read(entry.words.back(), entry.text);
  const bool keyed = entry.words.size() == 2;
  if (keyed && type == "Dict") {
    client.find<Dict<ShellValue, ShellValue>>(entry.name)
        ->set(ShellValue::read(entry.words[0], entry.text), value);
  } else if (keyed && (type == "Namespace" || type.empty())) {
    client.name_space(entry.name).set(entry.words[0], value);
  } else if (!keyed && type == "Value") {
    client.find<Value<ShellValue>>(entry.name)->set(value);
  } else {
    throw WrongType(str_cat("\"", entry.name, "\" is ", type.empty() ? "not there" : "a " + type,
                            ": set takes a dict or namespace with a key, or a value without one"));
  }
  return 0;
}

int lock(const Common& common, const Hold& hold) {
  const Client client = connect(common);
  auto found = client.find<Lock>(hold.name);
  const Lock lock = found ? *found : client.lock(hold.name);
  if (!lock.try_lock_for(wait_of(hold.timeout))) {
    return complain(str_cat("\"", hold.name, "\" was not to be had in time; `syncctl show ",
                            hold.name, "` says who holds it"));
  }
  const std::lock_guard held(lock, std::adopt_lock);
  std::vector<std::string> words = hold.command;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t child = -1;
  const int failure = ::posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ);
  if (failure != 0) throw Error(str_cat("can't start ", words[0], ": ", std::strerror(failure)));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  // As a shell says it.
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace syncmanager

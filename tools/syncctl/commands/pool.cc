#include <syncmanager/client.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/output/output.h"
#include "tools/syncctl/output/table.h"
#include "tools/syncctl/output/text.h"

namespace syncmanager {
namespace {

using nlohmann::json;

// The letters of a worker's offers that are shown.
constexpr size_t kShownOffers = 40;
// The manager sends no longer list.
constexpr size_t kMaxTold = 1000;

// Returns the pool of that name; empty if there is no object of that name.
std::optional<Pool> find_pool(const Client& client, const std::string& name) {
  const std::optional<ObjectState> state = client.inspect(name);
  if (state && state->summary.type != Pool::kType) {
    throw WrongType(str_cat("\"", name, "\" is a ", state->summary.type,
                            " and no pool; `syncctl show ", name, "` is for every type"));
  }
  return client.find<Pool>(name);
}

int complain_of_no_pool(const std::string& name) {
  return complain(str_cat("there is no pool named \"", name, "\"; see `syncctl ls`"));
}

json json_of(const PoolState::Worker& worker) {
  return {{"session", worker.session},
          {"caller", worker.caller},
          {"client", worker.client},
          {"since_us", worker.since.count()},
          {"offers", worker.offers},
          {"function", worker.function},
          {"function_us", worker.function_since.count()},
          {"in_hand", worker.in_hand},
          {"done", worker.done}};
}

json json_of(const PoolState::Line& line) {
  return {{"function", line.function}, {"tasks", line.tasks}, {"offered", line.offered}};
}

json json_of(const PoolState::Dead& dead) {
  return {{"task", dead.task},
          {"function", dead.function},
          {"since_us", dead.since.count()},
          {"workers", dead.workers}};
}

template <class Parts>
json array_of(const Parts& parts) {
  json array = json::array();
  for (const auto& part : parts) array.push_back(json_of(part));
  return array;
}

json json_of(const PoolState& state) {
  return {{"workers", array_of(state.workers)}, {"lines", array_of(state.lines)},
          {"dead", array_of(state.dead)},       {"in_hand", state.in_hand},
          {"delayed", state.delayed},           {"done", state.done}};
}

std::string name_of(const PoolState::Worker& worker) {
  if (!worker.client.empty()) return print_name(worker.client);
  return str_cat("session ", worker.session, ", caller ", worker.caller);
}

std::string shown_of(const std::vector<std::string>& offers) {
  std::string text;
  for (size_t i = 0; i < offers.size(); ++i) {
    const std::string next = (i == 0 ? "" : ", ") + print_name(offers[i]);
    if (i > 0 && text.size() + next.size() > kShownOffers) {
      return text + str_cat(", ", offers.size() - i, " more");
    }
    text += next;
  }
  return text;
}

std::string table_of(const std::vector<PoolState::Worker>& workers) {
  Table table({{"WORKER"}, {"OFFERS"}, {"DOES"}, {"FOR", true}, {"IN HAND", true}, {"DONE", true}});
  for (const PoolState::Worker& worker : workers) {
    const bool waits = worker.function.empty();
    table.add({name_of(worker), shown_of(worker.offers), waits ? "-" : print_name(worker.function),
               waits ? "-" : print_duration(worker.function_since), str_cat(worker.in_hand),
               str_cat(worker.done)});
  }
  return table.print(columns());
}

std::string table_of(const std::vector<PoolState::Line>& lines) {
  Table table({{"WAITING", true}, {"FUNCTION"}, {""}});
  for (const PoolState::Line& line : lines) {
    table.add({str_cat(line.tasks), print_name(line.function),
               line.offered ? "" : "no worker offers it"});
  }
  return table.print(columns());
}

std::string table_of(const std::vector<PoolState::Dead>& dead) {
  Table table({{"DEAD TASK", true}, {"FUNCTION"}, {"FOR", true}, {"WORKERS THAT DIED WITH IT"}});
  for (const PoolState::Dead& task : dead) {
    std::string workers;
    for (const std::string& worker : task.workers) {
      workers += (workers.empty() ? "" : ", ") + print_name(worker);
    }
    table.add({str_cat(task.task), print_name(task.function), print_duration(task.since), workers});
  }
  return table.print(columns());
}

std::string text_of(const std::string& name, const PoolState& state) {
  uint64_t waiting = 0;
  for (const PoolState::Line& line : state.lines) waiting += line.tasks;
  std::string text =
      str_cat("Pool \"", print_name(name), "\", workers: ", state.workers.size(),
              "; tasks: ", waiting, " waiting, ", state.in_hand, " in hand, ", state.delayed,
              " delayed, ", state.done, " done, ", state.dead.size(), " dead\n");
  if (std::max({state.workers.size(), state.lines.size(), state.dead.size()}) >= kMaxTold) {
    text += "of workers, functions and dead tasks only the first 1,000, if there are more\n";
  }
  if (!state.workers.empty()) text += "\n" + table_of(state.workers);
  if (!state.lines.empty()) text += "\n" + table_of(state.lines);
  if (state.dead.empty()) return text;
  return text + str_cat("\n", table_of(state.dead), "`syncctl pool ", print_name(name),
                        " --retry` tries them again\n");
}

int show(const Common& common, const std::string& name) {
  const Client client = connect(common);
  const std::optional<Pool> pool = find_pool(client, name);
  if (!pool) return complain_of_no_pool(name);
  const PoolState state = pool->state();
  common.json ? print_json(json_of(state)) : print(text_of(name, state));
  return 0;
}

int retry(const Common& common, const std::string& name, const std::vector<uint64_t>& tasks) {
  const Client client = connect(common);
  const std::optional<Pool> pool = find_pool(client, name);
  if (!pool) return complain_of_no_pool(name);
  const uint64_t retried = pool->retry(tasks);
  if (common.json) {
    print_json({{"retried", retried}});
  } else {
    print(str_cat(retried, retried == 1 ? " task is" : " tasks are", " in line again\n"));
  }
  if (retried >= tasks.size()) return 0;
  return complain(str_cat(tasks.size() - retried, " of these ", tasks.size(),
                          " tasks: not dead; `syncctl pool ", name, "` shows those that are"));
}

}  // namespace

void add_pool(CommandLine& line) {
  const auto name = std::make_shared<std::string>();
  const auto retries = std::make_shared<bool>(false);
  const auto tasks = std::make_shared<std::vector<uint64_t>>();
  CLI::App& command =
      line.add({.group = "The manager",
                .name = "pool",
                .does = "Show who works for a pool, what waits, and which tasks are dead",
                .examples = {{"A pool", "syncctl pool renders"},
                             {"Try all dead tasks again", "syncctl pool renders --retry"}},
                .notes = "\nExit codes: 0; 1 if there is no such pool, or a task isn't dead; 2."},
               [=](const Common& common) {
                 return *retries ? retry(common, *name, *tasks) : show(common, *name);
               });
  add_name(command, *name, "The pool");
  CLI::Option& retry =
      *command.add_flag("--retry", *retries, "Put dead tasks in line again: those named, or all");
  command.add_option("tasks", *tasks, "The numbers of dead tasks")->needs(&retry);
}

}  // namespace syncmanager

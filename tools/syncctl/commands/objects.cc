#include <syncmanager/client.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/entries.h"
#include "tools/syncctl/output/output.h"
#include "tools/syncctl/output/table.h"
#include "tools/syncctl/output/text.h"

namespace syncmanager {
namespace {

using nlohmann::json;

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

int show(const Common& common, const Target& target) {
  const std::string& name = target.name;
  const Deadline deadline(target.timeout);
  const Client client = connect_for(common, target, deadline);
  type_of(client, target, deadline);  // Waits for it.
  const std::optional<ObjectState> state = client.inspect(name);
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

struct Removal {
  std::vector<std::string> names;
  std::optional<std::string> key;
  As key_as = As::kText;
};

int remove(const Common& common, const Removal& wanted) {
  if (wanted.key && wanted.names.size() > 1) {
    throw InvalidArgument("--key is for one object; expected one name beside it");
  }
  const Client client = connect(common);
  int code = 0;
  for (const std::string& name : wanted.names) {
    if (!wanted.key) {
      if (!client.remove(name)) code = complain_of_none(name);
      continue;
    }
    const auto state = client.inspect(name);
    if (!state) return complain_of_none(name);
    if (!remove_entry(client, name, state->summary.type, *wanted.key, wanted.key_as)) {
      code = complain(str_cat("\"", name, "\" has no ", key_word(state->summary.type), " \"",
                              *wanted.key, "\""));
    }
  }
  return code;
}

}  // namespace

void add_ls(CommandLine& line) {
  const auto prefix = std::make_shared<std::string>();
  const auto anonymous = std::make_shared<bool>(false);
  CLI::App& command =
      line.add({.group = "Objects",
                .name = "ls",
                .does = "List the objects",
                .examples = {{"All that have names", "syncctl ls"},
                             {"Those below a prefix, for a program", "syncctl ls /jobs/ --json"}},
                .notes = "\nExit codes: 0; 2."},
               [=](const Common& common) { return list(common, *prefix, *anonymous); });
  command.add_option("prefix", *prefix, "The beginning of their names");
  command.add_flag("-a,--anonymous", *anonymous, "List those without a name, too");
}

void add_show(CommandLine& line) {
  const auto target = std::make_shared<Target>();
  CLI::App& command =
      line.add({.group = "Objects",
                .name = "show",
                .does = "Show who holds an object and who waits for it",
                .examples = {{"A lock", "syncctl show deploy"},
                             {"A queue, for a program", "syncctl show jobs --json"}},
                .notes = "\nExit codes: 0; 1 if there is no such object; 2."},
               [target](const Common& common) { return show(common, *target); });
  add_target(command, *target, "The object", "How long to wait for the object; 0: not at all");
}

void add_rm(CommandLine& line) {
  const auto wanted = std::make_shared<Removal>();
  CLI::App& command =
      line.add({.group = "Objects",
                .name = "rm",
                .does = "Delete objects, or an entry of one",
                .examples = {{"Objects; calls that wait for them fail", "syncctl rm jobs deploy"},
                             {"An attribute of a namespace", "syncctl rm status --key phase"}},
                .notes = "\nExit codes: 0; 1 if there is no such object or key; 2."},
               [wanted](const Common& common) { return remove(common, *wanted); });
  command.add_option("names", wanted->names, "The objects")->required();
  command
      .add_option(
          "--key", wanted->key,
          "Delete this key of the dict, attribute of the namespace or index in the list only")
      ->type_name("KEY");
  add_as(command, wanted->key_as, "--key-as", "How the key of a dict is read");
}

}  // namespace syncmanager

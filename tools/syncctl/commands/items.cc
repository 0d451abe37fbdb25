#include <syncmanager/client.h>

#include <memory>
#include <utility>
#include <vector>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/entries.h"
#include "tools/syncctl/output/output.h"
#include "tools/syncctl/output/table.h"
#include "tools/syncctl/output/text.h"
#include "tools/syncctl/output/values.h"

namespace syncmanager {
namespace {

struct Items {
  Target object;
  Writing writing;
};

using Entry = std::pair<std::optional<ShellValue>, ShellValue>;

// Returns the type of the object; empty, after a message, if there is none.
std::string find_type(const Client& client, const Items& wanted, const Deadline& deadline) {
  std::string type = type_of(client, wanted.object, deadline);
  if (type.empty()) complain_of_none(wanted.object.name);
  return type;
}

// The entries as an object of JSON if all keys are texts, otherwise as a $dict; elements as an
// array.
std::string json_of(const std::vector<Entry>& entries, bool keyed) {
  if (!keyed) {
    std::string text;
    for (const auto& [key, value] : entries) text += (text.empty() ? "" : ",") + value.json();
    return "[" + text + "]";
  }
  std::string encoded = ValueWriter().begin_dict(entries.size()).take();
  for (const auto& [key, value] : entries) encoded += key->encoded + value.encoded;
  return ShellValue{encoded}.json();
}

void print_as_table(const std::vector<Entry>& entries) {
  Table table({{"KEY"}, {"VALUE"}});
  for (const auto& [key, value] : entries) {
    table.add({on_one_line(key->print(true)), on_one_line(value.print(true))});
  }
  print(table.print(columns()));
}

int items(const Common& common, Items& wanted) {
  const Deadline deadline(wanted.object.timeout);
  const Client client = connect_for(common, wanted.object, deadline);
  const std::string type = find_type(client, wanted, deadline);
  if (type.empty()) return 1;
  const bool keyed = has_named_entries(type);
  const bool at_once = !common.json && !(keyed && is_terminal());
  std::vector<Entry> entries;
  visit_entries(client, wanted.object.name, type, [&](const auto& key, const ShellValue& value) {
    if (!at_once) {
      entries.emplace_back(key, value);
    } else {
      print((key ? key->print(false) + "\t" : "") + written(value, wanted.writing));
    }
    return true;
  });
  if (common.json) {
    print(json_of(entries, keyed) + "\n");
  } else if (!at_once) {
    print_as_table(entries);
  }
  return 0;
}

int keys(const Common& common, Items& wanted) {
  const Deadline deadline(wanted.object.timeout);
  const Client client = connect_for(common, wanted.object, deadline);
  const std::string& name = wanted.object.name;
  const std::string type = find_type(client, wanted, deadline);
  if (type.empty()) return 1;
  if (!has_named_entries(type)) {
    throw WrongType(str_cat("\"", name, "\" is a ", type,
                            ", which has no keys: expected a dict or a namespace"));
  }
  std::vector<Entry> all;
  visit_entries(client, name, type, [&](const auto& key, const ShellValue&) {
    if (common.json) {
      all.emplace_back(std::nullopt, *key);
    } else {
      print(written(*key, wanted.writing));
    }
    return true;
  });
  if (common.json) print(json_of(all, false) + "\n");
  return 0;
}

}  // namespace

void add_items(CommandLine& line) {
  const auto wanted = std::make_shared<Items>();
  CLI::App& command =
      line.add({.group = "Dicts, namespaces and values",
                .name = "items",
                .does = "Print all entries or elements",
                .examples = {{"The attributes of a namespace", "syncctl items status"},
                             {"A dict as JSON", "syncctl items totals --json"},
                             {"All that is in a queue, which stays there", "syncctl items jobs"}},
                .notes = "\nEntries are a table on a terminal, and a line with a key, a tab and a "
                         "value in a pipe. --json prints one object, or an array of elements.\n\n"
                         "Exit codes: 0; 1 if there is no such object; 2."},
               [wanted](const Common& common) { return items(common, *wanted); });
  add_target(command, wanted->object, "A dict, namespace, list, set, Array or queue",
             "How long to wait for the object; 0: not at all");
  add_writing(command, wanted->writing);
}

void add_keys(CommandLine& line) {
  const auto wanted = std::make_shared<Items>();
  CLI::App& command =
      line.add({.group = "Dicts, namespaces and values",
                .name = "keys",
                .does = "Print the keys of a dict, or the attributes of a namespace",
                .examples = {{"Of a dict", "syncctl keys totals"},
                             {"With any characters", "syncctl keys totals --null | xargs -0 echo"}},
                .notes = "\nExit codes: 0; 1 if there is no such object; 2."},
               [wanted](const Common& common) { return keys(common, *wanted); });
  add_target(command, wanted->object, "A dict or namespace",
             "How long to wait for the object; 0: not at all");
  add_writing(command, wanted->writing);
}

}  // namespace syncmanager

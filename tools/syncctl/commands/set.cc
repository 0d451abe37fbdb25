#include <syncmanager/client.h>

#include <memory>
#include <vector>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/entries.h"
#include "tools/syncctl/process/stop_signals.h"

namespace syncmanager {
namespace {

struct Assignment {
  std::string name;
  KeyAndValue words;
  Reading reading{.as = As::kText, .split = Split::kWhole, .literal = false};
  As key_as = As::kText;
};

int set(const Common& common, const Assignment& wanted) {
  StopSignals stop;
  const Client client = connect(common);
  const auto state = client.inspect(wanted.name);
  const std::string type = state ? state->summary.type : Namespace::kType;
  const std::optional<std::string>& key = wanted.words.key;
  if (!state && !key) return complain_of_none(wanted.name);
  Input input({*wanted.words.value}, wanted.reading, stop.descriptor());
  const std::optional<ShellValue> value = stop.wait([&] { return input.next(); });
  if (!value) throw Stopped(stop.signal());
  write_entry(client, wanted.name, type, key, wanted.key_as, *value);
  return 0;
}

constexpr const char* kNotes = R"(
Exit codes: 0; 1 if there is no such object and no key; 2.)";

}  // namespace

void add_set(CommandLine& line) {
  const auto wanted = std::make_shared<Assignment>();
  static const std::string notes = std::string(kValueNotes) + kNotes;
  CLI::App& command = line.add(
      {.group = "Dicts, namespaces and values",
       .name = "set",
       .does = "Set an entry, an attribute or a value",
       .examples = {{"An attribute of a namespace, which is made if there is none",
                     "syncctl set status phase done"},
                    {"A number", "syncctl set status progress 0.5 --as number"},
                    {"The output of a program", "uptime | syncctl set status load -"},
                    {"The contents of a file", "syncctl set status config @config.toml"},
                    {"An entry of a dict", "syncctl set squares 7 49 --key-as number --as number"}},
       .notes = notes.c_str()},
      [wanted](const Common& common) { return set(common, *wanted); });
  add_name(command, wanted->name, "A dict, namespace, list, Array or Value");
  add_key_and_value(command, wanted->words, wanted->key_as, "value",
                    "The value; - and @FILE are read as a whole");
  add_as(command, wanted->reading.as, "--as", "How the value is read");
  command.add_flag("--literal", wanted->reading.literal, "\"-\" and @FILE are values like others");
}

}  // namespace syncmanager

#include <syncmanager/client.h>

#include <memory>
#include <vector>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/entries.h"
#include "tools/syncctl/output/output.h"
#include "tools/syncctl/output/values.h"

namespace syncmanager {
namespace {

struct Add {
  std::string name;
  KeyAndValue words;
  As key_as = As::kText;
};

int add(const Common& common, const Add& wanted) {
  const Client client = connect(common);
  const auto state = client.inspect(wanted.name);
  const std::string type = state              ? state->summary.type
                           : wanted.words.key ? Namespace::kType
                                              : Counter::kType;
  const ShellValue sum = add_to_entry(client, wanted.name, type, wanted.words.key, wanted.key_as,
                                      ShellValue::read(*wanted.words.value, As::kNumber));
  print(written(sum, {.json = common.json}));
  return 0;
}

}  // namespace

void add_add(CommandLine& line) {
  const auto wanted = std::make_shared<Add>();
  CLI::App& command = line.add(
      {.group = "Dicts, namespaces and values",
       .name = "add",
       .does = "Add to a number in one step, and print the sum",
       .examples = {{"To an attribute of a namespace, which counts from 0",
                     "syncctl add status rounds 1"},
                    {"To a Counter, which is made if there is none", "syncctl add arrived 1"},
                    {"To an entry of a dict", "syncctl add totals north -2.5"}},
       .notes = "\nA key that isn't there counts as 0.\n\nExit codes: 0; 2."},
      [wanted](const Common& common) { return add(common, *wanted); });
  add_name(command, wanted->name, "A dict, namespace, list, Array, Value or Counter");
  add_key_and_value(command, wanted->words, wanted->key_as, "amount", "The number that is added");
}

}  // namespace syncmanager

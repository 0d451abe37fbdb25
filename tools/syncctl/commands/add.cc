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
  std::vector<std::string> words;
  As key_as = As::kText;
};

int add(const Common& common, const Add& wanted) {
  const Client client = connect(common);
  const auto state = client.inspect(wanted.name);
  const bool keyed = wanted.words.size() == 2;
  const std::string type = state ? state->summary.type : keyed ? Namespace::kType : Counter::kType;
  const ShellValue sum =
      add_to_entry(client, wanted.name, type, keyed ? std::optional(wanted.words[0]) : std::nullopt,
                   wanted.key_as, ShellValue::read(wanted.words.back(), As::kNumber));
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
                    {"To a Counter, which is made if there is none", "syncctl add ready 1"},
                    {"To an entry of a dict", "syncctl add totals north -2.5"}},
       .notes = "\nA key that isn't there counts as 0.\n\nExit codes: 0; 2."},
      [wanted](const Common& common) { return add(common, *wanted); });
  add_name(command, wanted->name, "A dict, namespace, list, Array, Value or Counter");
  command
      .add_option("words", wanted->words,
                  "[KEY] AMOUNT: the key of a dict, the attribute of a namespace or the index in a "
                  "list; and the number that is added")
      ->required()
      ->expected(1, 2);
  add_as(command, wanted->key_as, "--key-as", "How the key of a dict is read");
}

}  // namespace syncmanager

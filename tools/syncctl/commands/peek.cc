#include <syncmanager/client.h>

#include <memory>
#include <vector>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/output/output.h"
#include "tools/syncctl/output/values.h"
#include "tools/syncctl/queues.h"

namespace syncmanager {
namespace {

struct Peek {
  Target queue;
  uint64_t count = 1;
  Writing writing;
};

int peek(const Common& common, Peek& wanted) {
  wanted.writing.json = common.json;
  const Deadline deadline(wanted.queue.timeout);
  const Client client = connect_for(common, wanted.queue, deadline);
  const std::string& name = wanted.queue.name;
  const std::string type = type_of(client, wanted.queue, deadline);
  if (type.empty()) return complain_of_none(name);
  return with_queue(client, name, type, "peek", [&](const auto& queue) {
    uint64_t printed = 0;
    for (const ShellValue& item : queue.waiting()) {
      if (printed == wanted.count) break;
      print(written(item, wanted.writing));
      ++printed;
    }
    return printed > 0 ? 0 : complain(str_cat("\"", name, "\" is empty"));
  });
}

}  // namespace

void add_peek(CommandLine& line) {
  const auto wanted = std::make_shared<Peek>();
  CLI::App& command =
      line.add({.group = "Queues",
                .name = "peek",
                .does = "Print the next items of a queue, and leave them there",
                .examples = {{"The next one", "syncctl peek jobs"},
                             {"The next ten, as JSON", "syncctl peek jobs --count 10 --json"}},
                .notes = "\nExit codes: 0; 1 if there is no such queue, or it is empty; 2."},
               [wanted](const Common& common) { return peek(common, *wanted); });
  add_target(command, wanted->queue, "The queue", "How long to wait for the queue; 0: not at all");
  command.add_option("-n,--count", wanted->count, "How many items to print")->type_name("N");
  add_writing(command, wanted->writing);
}

}  // namespace syncmanager

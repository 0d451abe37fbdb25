#include <syncmanager/client.h>

#include <memory>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/process/stop_signals.h"
#include "tools/syncctl/queues.h"

namespace syncmanager {
namespace {

int join(const Common& common, const Target& target) {
  StopSignals stop;
  const Deadline deadline(target.timeout);
  const Client client = connect_for(common, target, deadline);
  const std::string type = type_of(client, target, deadline);
  if (type.empty()) return complain_of_none(target.name);
  return with_queue(client, target.name, type, "join", [&](const auto& queue) {
    if (stop.wait([&] { return queue.join_for(deadline.left()); })) return 0;
    return complain(str_cat("\"", target.name, "\": not all items were done in time"));
  });
}

}  // namespace

void add_join(CommandLine& line) {
  const auto target = std::make_shared<Target>();
  CLI::App& command = line.add(
      {.group = "Queues",
       .name = "join",
       .does = "Wait until every item that was put is done",
       .examples = {{"Without an end", "syncctl join finished"},
                    {"An hour at most", "syncctl join finished --timeout 1h && echo all done"}},
       .notes =
           "\nAn item is done when the command of `syncctl take` ended with 0, when `syncctl get` "
           "has printed it, or when a program called task_done() or ack().\n\n"
           "Exit codes: 0; 1 if there is no such queue, or not all was done in time; 2."},
      [target](const Common& common) { return join(common, *target); });
  add_target(command, *target, "The queue");
}

}  // namespace syncmanager

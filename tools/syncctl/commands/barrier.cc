#include <syncmanager/client.h>

#include <memory>
#include <optional>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/output/output.h"
#include "tools/syncctl/process/stop_signals.h"

namespace syncmanager {
namespace {

struct Wanted {
  Target barrier;
  std::optional<int64_t> parties;
};

Barrier find_barrier(const Client& client, const Wanted& wanted, const Deadline& deadline) {
  const std::string& name = wanted.barrier.name;
  if (wanted.parties) return client.barrier(name, *wanted.parties);
  const std::string type = type_of(client, wanted.barrier, deadline);
  if (!type.empty()) require_type(name, type, Barrier::kType, "barrier");
  if (type.empty()) {
    throw NoSuchObject(str_cat("there is no barrier named \"", name,
                               "\"; -n says how many parties a new one has"));
  }
  return found<Barrier>(client, name);
}

int barrier(const Common& common, const Wanted& wanted) {
  StopSignals stop;
  const Deadline deadline(wanted.barrier.timeout);
  const Client client = connect_for(common, wanted.barrier, deadline);
  const Barrier barrier = find_barrier(client, wanted, deadline);
  try {
    const int64_t place = stop.wait([&] { return barrier.wait_for(deadline.left()); });
    print(str_cat(place, "\n"));
  } catch (const BrokenBarrier&) {
    return complain(str_cat("\"", wanted.barrier.name,
                            "\" is broken: a party was not there in time, died or was stopped; `"
                            "syncctl rm ",
                            wanted.barrier.name, "` makes place for a new one"));
  }
  return 0;
}

}  // namespace

void add_barrier(CommandLine& line) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App& command = line.add(
      {.group = "Coordination",
       .name = "barrier",
       .does = "Wait until all parties are there, and print this one's place",
       .examples = {{"Three hosts that begin together", "syncctl barrier start -n 3 && ./begin"},
                    {"The same, a minute at most", "syncctl barrier start -n 3 --timeout 1min"}},
       .notes =
           "\nEach party gets another place, from 0 on. A party that gives up breaks the barrier "
           "for all of them.\n\nExit codes: 0; 1 if the barrier is broken, or there is none; 2."},
      [wanted](const Common& common) { return barrier(common, *wanted); });
  add_target(command, wanted->barrier, "The barrier; made if there is none and -n is given");
  command.add_option("-n,--parties", wanted->parties, "How many wait for each other")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000).description(""));
}

}  // namespace syncmanager

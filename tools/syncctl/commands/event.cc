#include <syncmanager/client.h>

#include <memory>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/process/stop_signals.h"

namespace syncmanager {
namespace {

// Finds the event or makes it.
Event find_event(const Client& client, const std::string& name) {
  const auto state = client.inspect(name);
  if (state) require_type(name, state->summary.type, Event::kType, "event");
  return client.event(name);
}

int perform(const Common& common, const std::string& action, const Target& target) {
  StopSignals stop;
  const Deadline deadline(target.timeout);
  const Event event = find_event(connect_for(common, target, deadline), target.name);
  if (action == "set") event.set();
  if (action == "clear") event.clear();
  if (action != "wait") return 0;
  if (stop.wait([&] { return event.wait_for(deadline.left()); })) return 0;
  return complain(str_cat("\"", target.name, "\" was not set in time"));
}

}  // namespace

void add_event(CommandLine& line) {
  const auto target = std::make_shared<Target>();
  const auto action = std::make_shared<std::string>();
  CLI::App& command =
      line.add({.group = "Coordination",
                .name = "event",
                .does = "Set or clear an event, or wait until it is set",
                .examples = {{"Let everybody go who waits", "syncctl event set ready"},
                             {"Wait for that, a minute at most",
                              "syncctl event wait ready --timeout 1min && echo go"},
                             {"Ask whether it is set", "syncctl event wait ready --timeout 0"},
                             {"Let nobody pass from now on", "syncctl event clear ready"}},
                .notes = "\nExit codes: 0; 1 if the event was not set in time; 2."},
               [=](const Common& common) { return perform(common, *action, *target); });
  command.add_option("action", *action, "set, clear or wait")
      ->required()
      ->check(CLI::IsMember({"set", "clear", "wait"}).description(""));
  add_name(command, target->name, "The event; made if there is none");
  command.add_flag("--wait", target->wait, "Wait until a manager is there");
  add_timeout(command, target->timeout);
}

}  // namespace syncmanager

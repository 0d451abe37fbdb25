#include <syncmanager/client.h>

#include <memory>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/hold.h"

namespace syncmanager {
namespace {

struct Wanted : Hold {
  std::optional<int64_t> permits;
};

template <class S>
Holding holding_of(const S& semaphore) {
  return {.acquire = [semaphore](auto seconds) { return semaphore.try_acquire_for(seconds); },
          .release = [semaphore] { semaphore.release(); }};
}

Holding find_semaphore(const Client& client, const Wanted& wanted, const std::string& type) {
  const std::string& name = wanted.object.name;
  if (type == Semaphore::kType) return holding_of(found<Semaphore>(client, name));
  if (type == BoundedSemaphore::kType) return holding_of(found<BoundedSemaphore>(client, name));
  if (!type.empty()) {
    throw WrongType(
        str_cat("\"", name, "\" is a ", type, ": semaphore is for Semaphore and BoundedSemaphore"));
  }
  if (!wanted.permits) {
    throw NoSuchObject(str_cat("there is no semaphore named \"", name,
                               "\"; -n says how many permits a new one has"));
  }
  return holding_of(client.bounded_semaphore(name, *wanted.permits));
}

}  // namespace

void add_semaphore(CommandLine& line) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App& command = line.add(
      {.group = "Coordination",
       .name = "semaphore",
       .does = "Run a command while holding a permit of a semaphore",
       .examples = {{"Four at a time, over all hosts",
                     "syncctl semaphore downloads -n 4 -- curl -sO file:///etc/hostname"},
                    {"Only if a permit is free",
                     "syncctl semaphore downloads -n 4 --timeout 0 -- true"}},
       .notes = kHoldNotes},
      [wanted](const Common& common) {
        return run_while_held(common, *wanted, [&](const Client& client, const std::string& type) {
          return find_semaphore(client, *wanted, type);
        });
      });
  add_name(command, wanted->object.name, "The semaphore; made if there is none");
  add_command(command, wanted->command);
  command
      .add_option("-n,--permits", wanted->permits,
                  "The permits of a semaphore that is made; one that exists keeps its own")
      ->type_name("N")
      ->check(CLI::Range(int64_t{1}, (int64_t{1} << 31) - 1).description(""));
  add_timeout(command, wanted->object.timeout);
}

}  // namespace syncmanager

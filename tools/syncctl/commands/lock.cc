#include <syncmanager/client.h>

#include <memory>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/hold.h"

namespace syncmanager {
namespace {

template <class L>
Holding holding_of(const L& lock) {
  return {.acquire = [lock](auto seconds) { return lock.try_lock_for(seconds); },
          .release = [lock] { lock.unlock(); },
          .variable = [lock] { return str_cat("SYNCMANAGER_FENCE=", lock.fencing()); }};
}

Holding find_lock(const Client& client, const std::string& name, const std::string& type) {
  if (type.empty()) return holding_of(client.lock(name));
  if (type == Lock::kType) return holding_of(found<Lock>(client, name));
  if (type == RLock::kType) return holding_of(found<RLock>(client, name));
  throw WrongType(str_cat("\"", name, "\" is a ", type, ": lock is for Lock and RLock"));
}

constexpr const char* kNotes = R"(
The command has the number of this grant in SYNCMANAGER_FENCE. The number grows with each grant of
the lock: a storage that remembers the largest one it has seen can refuse a command that was
paused for too long.
)";

}  // namespace

void add_lock(CommandLine& line) {
  const auto hold = std::make_shared<Hold>();
  static const std::string notes = std::string(kNotes) + kHoldNotes;
  CLI::App& command = line.add(
      {.group = "Coordination",
       .name = "lock",
       .does = "Run a command while holding a lock",
       .examples = {{"One at a time, over all hosts", "syncctl lock deploy -- make install"},
                    {"Only if nobody else does it now",
                     "syncctl lock backup --timeout 0 -- ./backup"},
                    {"With the number of this grant",
                     "syncctl lock deploy -- sh -c 'echo $SYNCMANAGER_FENCE'"}},
       .notes = notes.c_str()},
      [hold](const Common& common) {
        return run_while_held(common, *hold, [&](const Client& client, const std::string& type) {
          return find_lock(client, hold->object.name, type);
        });
      });
  add_name(command, hold->object.name, "The lock; made if there is none");
  add_command(command, hold->command);
  add_timeout(command, hold->object.timeout);
}

}  // namespace syncmanager

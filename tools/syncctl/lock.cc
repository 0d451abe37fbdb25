#include <syncmanager/client.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "protos/support/str_cat.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/front.h"
#include "tools/syncctl/held_command.h"
#include "tools/syncctl/stop_signals.h"

namespace syncmanager {
namespace {

// Readable once the session is lost.
class LostSession {
 public:
  LostSession() : descriptor_(::eventfd(0, EFD_CLOEXEC)) {}
  ~LostSession() { ::close(descriptor_); }
  LostSession(const LostSession&) = delete;
  LostSession& operator=(const LostSession&) = delete;

  void tell() const {
    const uint64_t once = 1;
    if (::write(descriptor_, &once, sizeof(once)) < 0)
      report("can't tell that the session is lost");
  }
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

// Reports that the command may have run without the lock, and returns the exit code.
int report_loss(const std::string& name, const std::string& how) {
  report(str_cat("\"", name, "\" was lost while the command ran: ", how));
  return 2;
}

template <class L>
int hold(const L& lock, const Hold& wanted, HeldCommand& command, const LostSession& lost,
         const Client& client) {
  {
    StopSignals stop;
    if (!stop.wait([&] { return lock.try_lock_for(wait_of(wanted.timeout)); })) {
      return complain(str_cat("\"", wanted.name, "\" was not to be had in time; `syncctl show ",
                              wanted.name, "` says who holds it"));
    }
    if (stop.signal() != 0) {
      lock.unlock();
      throw Stopped(stop.signal());
    }
  }
  const std::optional<int> code = command.run(lost.descriptor());
  try {
    lock.unlock();
    client.ping();  // unlock() is silent if the session is over.
  } catch (const Disconnected& error) {
    return report_loss(wanted.name, str_cat(code ? "" : "the command was killed; ", error.what()));
  } catch (const Error&) {
    return report_loss(wanted.name, "another program released or removed it");
  }
  return code.value_or(2);
}

}  // namespace

int lock(const Common& common, const Hold& wanted) {
  Front front;
  if (const std::optional<int> code = front.divide()) return *code;
  HeldCommand command(wanted.command, front);
  const LostSession lost;
  const Client client = connect(common, [&lost] { lost.tell(); });
  const std::string type = type_of(client, wanted.name);
  if (type.empty()) return hold(client.lock(wanted.name), wanted, command, lost, client);
  if (type == Lock::kType) {
    return hold(found<Lock>(client, wanted.name), wanted, command, lost, client);
  }
  if (type == RLock::kType) {
    return hold(found<RLock>(client, wanted.name), wanted, command, lost, client);
  }
  throw WrongType(str_cat("\"", wanted.name, "\" is a ", type, ": lock is for Lock and RLock"));
}

}  // namespace syncmanager

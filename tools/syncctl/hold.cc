#include "tools/syncctl/hold.h"

#include "protos/support/str_cat.h"
#include "tools/syncctl/process/front.h"
#include "tools/syncctl/process/held_command.h"
#include "tools/syncctl/process/lost_session.h"
#include "tools/syncctl/process/stop_signals.h"

namespace syncmanager {
namespace {

// Reports that the command may have run without what it needs, and returns the exit code.
int report_loss(const std::string& name, const std::string& how) {
  report(str_cat("\"", name, "\" was lost while the command ran: ", how));
  return 2;
}

// Returns false if it wasn't to be had in time. Throws Stopped after a signal.
bool acquire(const Holding& holding, const Deadline& deadline) {
  StopSignals stop;
  if (!stop.wait([&] { return holding.acquire(deadline.left()); })) return false;
  if (stop.signal() == 0) return true;
  holding.release();
  throw Stopped(stop.signal());
}

}  // namespace

const char* const kHoldNotes = R"(
The command gets the signals that syncctl gets. What it holds is given back when it has ended. If
that is lost meanwhile, or syncctl is killed, the command and all that it has started are killed.

Exit codes: that of the command, 128 + N if signal N ended it, 127 or 126 if it can't be started;
1 if it wasn't to be had in time; 2 if it was lost while the command ran, and for everything
else.)";

int run_while_held(const Common& common, const Hold& hold,
                   const std::function<Holding(const Client&, const std::string& type)>& find) {
  Front front;
  if (const std::optional<int> code = front.divide()) return *code;
  HeldCommand command(hold.command, front);
  const LostSession lost;
  const Deadline deadline(hold.object.timeout);
  const Client client = connect(common, std::chrono::seconds(1), [&lost] { lost.tell(); });
  const std::string& name = hold.object.name;
  const Holding holding = find(client, type_of(client, hold.object, deadline));
  if (!acquire(holding, deadline)) {
    return complain(str_cat("\"", name, "\" was not to be had in time; `syncctl show ", name,
                            "` says who holds it"));
  }
  const std::optional<int> code =
      command.run(lost.descriptor(), holding.variable ? holding.variable() : "");
  try {
    holding.release();
    client.ping();  // A release is silent if the session is over.
  } catch (const Disconnected& error) {
    return report_loss(name, str_cat(code ? "" : "the command was killed; ", error.what()));
  } catch (const Error&) {
    return report_loss(name, "another program released or removed it");
  }
  return code.value_or(2);
}

void add_command(CLI::App& command, std::vector<std::string>& words) {
  command.add_option("command", words, "The command and its words, after --")->required();
}

}  // namespace syncmanager

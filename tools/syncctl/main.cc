// syncctl: asks a manager and works with its objects, from the shell.

#include <cerrno>
#include <csignal>

#include "tools/syncctl/commands.h"
#include "tools/syncctl/output/output.h"
#include "tools/syncctl/process/stop_signals.h"

namespace syncmanager {
namespace {

int run(int argc, char** argv) {
  CommandLine line;
  for (const auto add :
       {add_put,  add_get,   add_take, add_peek,      add_join,  add_set,     add_add,
        add_keys, add_items, add_lock, add_semaphore, add_event, add_barrier, add_ls,
        add_show, add_rm,    add_ping, add_stats,     add_pool,  add_keygen,  add_bench}) {
    add(line);
  }
  return line.run(argc, argv);
}

}  // namespace
}  // namespace syncmanager

int main(int argc, char** argv) {
  using namespace syncmanager;
  keep_standard_descriptors();
  try {
    return run(argc, argv);
  } catch (const Stopped& stopped) {
    die_of(stopped.signal());
  } catch (const OutputFailed& failed) {
    if (failed.error() == EPIPE && !is_ignored(SIGPIPE)) die_of(SIGPIPE);
    report(failed.what());
  } catch (const NoSuchObject& error) {
    return complain(error.what());
  } catch (const std::exception& error) {
    report(error.what());
  }
  return 2;
}

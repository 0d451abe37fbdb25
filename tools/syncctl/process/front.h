#pragma once

#include <signal.h>
#include <sys/types.h>

#include <optional>
#include <vector>

namespace syncmanager {

// Makes this process adopt the orphans among its descendants: a descendant stays one when its
// parent ends.
void adopt_orphans();
// Kills all descendants and waits for their end. REQUIRES: adopt_orphans() was called.
void kill_descendants();

// The process that the user started, as long as another one holds a lock, permits or items behind
// it.
//
// `syncctl lock` is two processes, and the command a third; so are `semaphore` and `take`. The
// front one can be killed or stopped at any time: the one behind it keeps the session alive
// meanwhile, and ends the command before it gives them back. If the one behind is killed, the front
// one ends the command. All three are in one process group, so the keys of a terminal reach the
// command as if syncctl weren't there.
class Front {
 public:
  // Blocks the signals that are forwarded. REQUIRES: the program has one thread.
  Front();
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  // Forks. In the new process it returns nothing, and SIGTERM tells that process that the front one
  // has ended. In the front process it forwards signals until the other one has ended, and returns
  // the exit code.
  std::optional<int> divide();

  pid_t pid() const { return pid_; }
  // Readable when the front process has ended.
  int descriptor() const { return descriptor_; }
  // The forwarded signals, and SIGCHLD.
  const sigset_t& signals() const { return signals_; }
  // The signals that were blocked when syncctl was started.
  const sigset_t& mask() const { return mask_; }

 private:
  int forward_to(pid_t behind) const;

  const pid_t pid_;
  const int descriptor_;
  sigset_t signals_, mask_;
};

}  // namespace syncmanager

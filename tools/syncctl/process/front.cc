#include "tools/syncctl/process/front.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "protos/support/str_cat.h"
#include "tools/syncctl/common.h"
#include "tools/syncctl/process/stop_signals.h"

namespace syncmanager {
namespace {

constexpr std::array kForwarded = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                   SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT};

// Whether a terminal sent it to the whole process group, the command included.
bool is_typed(const siginfo_t& signal) {
  return signal.si_code == SI_KERNEL &&
         (signal.si_signo == SIGINT || signal.si_signo == SIGQUIT || signal.si_signo == SIGTSTP);
}

// Stops like a program with the default action of SIGTSTP, which doesn't stop where no shell could
// continue it.
void stop() {
  sigset_t only;
  ::sigemptyset(&only);
  ::sigaddset(&only, SIGTSTP);
  ::raise(SIGTSTP);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
  ::sigprocmask(SIG_BLOCK, &only, nullptr);
}

// Ends as the process behind did. A SIGINT that ended the command ends syncctl too, so that a loop
// of the shell around it ends.
int end_as(int status, bool interrupted) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (std::find(kForwarded.begin(), kForwarded.end(), signal) != kForwarded.end()) {
      die_of(signal);
    }
    kill_descendants();
    report(str_cat("the process that held what the command needs was ended by signal ", signal,
                   ", and so the command was killed"));
    return 2;
  }
  if (interrupted && WEXITSTATUS(status) == 128 + SIGINT) die_of(SIGINT);
  return WEXITSTATUS(status);
}

// Reaps the children that have ended, orphans included. Returns the status of `behind` if it is
// one.
std::optional<int> reap(pid_t behind) {
  int status = 0;
  for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (ended == behind) return status;
  }
  return std::nullopt;
}

}  // namespace

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

void kill_descendants() {
  do {
    // Each thread has the children that it has started.
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
      std::ifstream children(thread.path() / "children");
      for (pid_t child = 0; children >> child;) ::kill(child, SIGKILL);
    }
    // The children of ended processes are children of this process now.
  } while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR);
}

Front::Front()
    : pid_(::getpid()), descriptor_(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))) {
  if (descriptor_ < 0) throw Error(str_cat("pidfd_open: ", std::strerror(errno)));
  ::signal(SIGCHLD, SIG_DFL);
  ::sigemptyset(&signals_);
  ::sigaddset(&signals_, SIGCHLD);
  for (const int signal : kForwarded) ::sigaddset(&signals_, signal);
  ::sigprocmask(SIG_BLOCK, &signals_, &mask_);
}

Front::~Front() { ::close(descriptor_); }

std::optional<int> Front::divide() {
  adopt_orphans();
  const pid_t behind = ::fork();
  if (behind < 0) throw Error(str_cat("fork: ", std::strerror(errno)));
  if (behind > 0) return forward_to(behind);
  // It goes on while the job is stopped.
  sigset_t stops;
  ::sigemptyset(&stops);
  ::sigaddset(&stops, SIGTTIN);
  ::sigaddset(&stops, SIGTTOU);
  ::sigprocmask(SIG_BLOCK, &stops, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != pid_) ::_exit(2);
  return std::nullopt;
}

int Front::forward_to(pid_t behind) const {
  bool interrupted = false;
  for (;;) {
    siginfo_t signal{};
    if (::sigwaitinfo(&signals_, &signal) < 0) continue;
    if (signal.si_signo == SIGCHLD) {
      if (const std::optional<int> status = reap(behind)) return end_as(*status, interrupted);
      continue;
    }
    interrupted |= signal.si_signo == SIGINT;
    if (!is_typed(signal)) ::kill(behind, signal.si_signo);
    if (signal.si_signo == SIGTSTP) stop();
  }
}

}  // namespace syncmanager

#include "tools/syncctl/process/held_command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "protos/support/str_cat.h"
#include "tools/syncctl/common.h"

namespace syncmanager {
namespace {

// As a shell says it.
int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

HeldCommand::HeldCommand(const std::vector<std::string>& words, const Front& front)
    : front_(front) {
  int go[2];
  if (::pipe2(go, O_CLOEXEC) != 0) throw Error(str_cat("pipe: ", std::strerror(errno)));
  adopt_orphans();
  const pid_t holder = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw Error(str_cat("fork: ", std::strerror(errno)));
  if (pid_ == 0) {
    ::close(go[1]);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != holder) ::_exit(2);
    become_command(words, go[0]);
  }
  ::close(go[0]);
  go_ = go[1];
}

HeldCommand::~HeldCommand() { ::close(go_); }

void HeldCommand::become_command(const std::vector<std::string>& words, int go) const {
  char variable[PIPE_BUF];
  if (::read(go, variable, sizeof(variable)) <= 0) ::_exit(2);
  if (variable[0] != '\0') ::putenv(variable);  // It lives as long as this process.
  std::vector<std::string> copies = words;
  std::vector<char*> argv;
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::sigprocmask(SIG_SETMASK, &front_.mask(), nullptr);
  ::execvp(argv[0], argv.data());
  const int reason = errno;
  report(str_cat("can't start ", words[0], ": ", std::strerror(reason)));
  ::_exit(reason == ENOENT ? 127 : 126);
}

std::optional<int> HeldCommand::run(int lost, const std::string& variable) {
  const int signals = ::signalfd(-1, &front_.signals(), SFD_CLOEXEC | SFD_NONBLOCK);
  // From here on the front process' end is seen by its descriptor.
  ::prctl(PR_SET_PDEATHSIG, 0);
  std::optional<int> code;
  if (::write(go_, variable.c_str(), variable.size() + 1) < 0)
    throw Error(str_cat("pipe: ", std::strerror(errno)));
  while (!code) {
    pollfd watched[] = {{.fd = signals, .events = POLLIN, .revents = 0},
                        {.fd = front_.descriptor(), .events = POLLIN, .revents = 0},
                        {.fd = lost, .events = POLLIN, .revents = 0}};
    if (::poll(watched, std::size(watched), -1) < 0) continue;
    code = take_signals(signals);
    if (watched[1].revents == 0 && watched[2].revents == 0) continue;
    kill_descendants();
    break;
  }
  ::close(signals);
  return code;
}

std::optional<int> HeldCommand::take_signals(int signals) const {
  signalfd_siginfo signal{};
  std::optional<int> code;
  while (!code && ::read(signals, &signal, sizeof(signal)) == sizeof(signal)) {
    if (signal.ssi_signo == SIGCHLD) {
      code = reap();
    } else if (signal.ssi_pid == static_cast<uint32_t>(front_.pid())) {
      ::kill(pid_, static_cast<int>(signal.ssi_signo));
    }
  }
  return code;
}

std::optional<int> HeldCommand::reap() const {
  int status = 0;
  for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (ended == pid_) return exit_code_of(status);
  }
  return std::nullopt;
}

}  // namespace syncmanager

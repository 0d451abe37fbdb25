#include "tools/syncctl/process/jobs.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "protos/support/str_cat.h"

extern char** environ;

namespace syncmanager {
namespace {

// A descriptor from which the text is read: a file in memory, so that nobody has to write it while
// the command reads.
class TextFile {
 public:
  explicit TextFile(std::string_view text) : file_(::memfd_create("item", MFD_CLOEXEC)) {
    while (file_ >= 0 && !text.empty()) {
      const ssize_t written = ::write(file_, text.data(), text.size());
      if (written < 0) throw Error(str_cat("can't keep the item: ", std::strerror(errno)));
      text.remove_prefix(static_cast<size_t>(written));
    }
    if (file_ < 0 || ::lseek(file_, 0, SEEK_SET) != 0) {
      throw Error(str_cat("can't keep the item: ", std::strerror(errno)));
    }
  }
  ~TextFile() { ::close(file_); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  int descriptor() const { return file_; }

 private:
  const int file_;
};

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  return pointers;
}

bool stops(int signal) {
  return signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT;
}

[[noreturn]] void end_with_descendants(const char* why) {
  report(why);
  adopt_orphans();
  kill_descendants();
  ::_exit(2);
}

}  // namespace

Jobs::Jobs(const Front& front) : front_(front), finished_(::eventfd(0, EFD_CLOEXEC)) {}

Jobs::~Jobs() { ::close(finished_); }

void Jobs::finish() const {
  const uint64_t once = 1;
  if (::write(finished_, &once, sizeof(once)) < 0) std::abort();
}

pid_t Jobs::start(const std::vector<std::string>& words, std::string_view input,
                  const std::vector<std::string>& variables) {
  const TextFile file(input);
  std::vector<std::string> argv = words, more = variables;
  std::vector<char*> arguments = pointers_to(argv), environment = pointers_to(more);
  for (char** variable = environ; *variable != nullptr; ++variable)
    environment.push_back(*variable);
  arguments.push_back(nullptr);
  environment.push_back(nullptr);
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  ::posix_spawnattr_setsigmask(&attributes, &front_.mask());
  ::posix_spawn_file_actions_adddup2(&actions, file.descriptor(), STDIN_FILENO);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(),
                                   environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error == 0) return pid;
  errno = error;
  return -1;
}

int Jobs::run(const std::vector<std::string>& words, std::string_view input,
              const std::vector<std::string>& variables) {
  pid_t pid = -1;
  {
    const std::lock_guard lock(mutex_);
    if (stop_.stop_requested()) return -1;
    pid = start(words, input, variables);
    if (pid > 0) running_.insert(pid);
  }
  if (pid < 0) {
    const int reason = errno;
    report(str_cat("can't start ", words[0], ": ", std::strerror(reason)));
    return reason == ENOENT ? 127 : 126;
  }
  return await_end(pid);
}

int Jobs::await_end(pid_t pid) {
  siginfo_t ended{};
  int waited = 0;
  do {
    waited = ::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT);
  } while (waited != 0 && errno == EINTR);
  const std::lock_guard lock(mutex_);
  running_.erase(pid);  // Before its number can be that of another process.
  ::waitpid(pid, nullptr, 0);
  if (waited != 0) return 128 + SIGKILL;  // kill_descendants() reaped it.
  return ended.si_code == CLD_EXITED ? ended.si_status : 128 + ended.si_status;
}

int Jobs::watch(const LostSession& lost) {
  const int signals = ::signalfd(-1, &front_.signals(), SFD_CLOEXEC | SFD_NONBLOCK);
  // From here on the front process' end is seen by its descriptor.
  ::prctl(PR_SET_PDEATHSIG, 0);
  int stopped_by = 0;
  for (;;) {
    pollfd watched[] = {{.fd = signals, .events = POLLIN, .revents = 0},
                        {.fd = front_.descriptor(), .events = POLLIN, .revents = 0},
                        {.fd = lost.descriptor(), .events = POLLIN, .revents = 0},
                        {.fd = finished_, .events = POLLIN, .revents = 0}};
    if (::poll(watched, std::size(watched), -1) < 0) continue;
    if (watched[1].revents != 0)
      end_with_descendants("syncctl was killed, and so its commands are");
    if (watched[2].revents != 0) {
      end_with_descendants("the session was lost, and the items with it: the commands were killed");
    }
    if (const int signal = forward(signals); stopped_by == 0) stopped_by = signal;
    if (watched[3].revents != 0) break;
  }
  ::close(signals);
  return stopped_by;
}

int Jobs::forward(int signals) {
  signalfd_siginfo arrived{};
  int stopped_by = 0;
  while (::read(signals, &arrived, sizeof(arrived)) == sizeof(arrived)) {
    const int signal = static_cast<int>(arrived.ssi_signo);
    if (signal == SIGCHLD) continue;
    const std::lock_guard lock(mutex_);
    if (stops(signal) && stopped_by == 0) stopped_by = signal;
    if (stops(signal)) stop_.request_stop();
    // A terminal sends its signals to the commands, too.
    if (arrived.ssi_pid != static_cast<uint32_t>(front_.pid())) continue;
    for (const pid_t pid : running_) ::kill(pid, signal);
  }
  return stopped_by;
}

}  // namespace syncmanager

#include "client/cpp/src/manager_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <syncmanager/error.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_split.h"
#include "protos/key_file.h"
#include "protos/str_cat.h"

extern char** environ;

namespace syncmanager {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kListening = "listening on ";
constexpr int kLifelineInChild = 3;

Error failed(std::string_view what) {
  return Error(str_cat("own manager: ", what, ": ", std::strerror(errno)));
}

std::string make_directory() {
  std::string path = (fs::temp_directory_path() / "syncmanager-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw failed(str_cat("can't make ", path));
  return path;
}

// Above all numbers that the child gives a meaning: a program whose standard input or output is
// closed would get those for its pipes.
int lift(int end) {
  const int lifted = ::fcntl(end, F_DUPFD_CLOEXEC, kLifelineInChild + 1);
  ::close(end);
  return lifted;
}

// Both ends are closed on exec, or another child would keep them open; the manager's end is handed
// on under a number of its own.
std::pair<int, int> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw failed("can't make a pipe");
  const std::pair<int, int> lifted(lift(ends[0]), lift(ends[1]));
  if (lifted.first >= 0 && lifted.second >= 0) return lifted;
  ::close(lifted.first);
  ::close(lifted.second);
  throw failed("can't make a pipe");
}

}  // namespace

ManagerProcess::ManagerProcess(const Options& options) : directory_(make_directory()) {
  try {
    write_key(options);
    start(options);
  } catch (...) {
    end(SIGTERM);
    throw;
  }
}

ManagerProcess::~ManagerProcess() { end(SIGTERM); }

void ManagerProcess::write_key(const Options& options) const {
  const std::string line =
      options.key.empty() ? generate_key_line(options.key_id) : options.key + "\n";
  if (const absl::Status status = write_key_file(key_file(), line); !status.ok()) {
    throw Error(str_cat("own manager: ", status.message()));
  }
}

void ManagerProcess::start(const Options& options) {
  const auto [lifeline_read, lifeline_write] = make_pipe();
  lifeline_ = lifeline_write;
  const auto [output_read, output_write] = make_pipe();

  std::string listen = str_cat("--listen=unix:", directory_, "/socket");
  for (const std::string& address : options.listen) absl::StrAppend(&listen, ",", address);
  std::vector<std::string> words = {options.program, listen, "--authkey-file=" + key_file(),
                                    str_cat("--lifeline-fd=", kLifelineInChild), "--allow-root"};
  words.insert(words.end(), options.flags.begin(), options.flags.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output_write, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, lifeline_read, kLifelineInChild);
  if (options.keeps_log) {
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log_file().c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, 0600);
  }
  const int failure = ::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(output_write);
  ::close(lifeline_read);
  if (failure != 0) {
    pid_ = -1;
    ::close(output_read);
    throw Error(str_cat("own manager: can't start ", words[0], ": ", std::strerror(failure),
                        "; set SYNCMANAGER_DAEMON to its path"));
  }
  await_addresses(output_read, options.keeps_log);
}

// The manager prints one line when it listens, and logs its reasons when it can't.
void ManagerProcess::await_addresses(int output, bool keeps_log) {
  std::string line;
  for (char c = 0; c != '\n';) {
    const ssize_t count = ::read(output, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    if (c != '\n') line.push_back(c);
  }
  ::close(output);
  if (!line.starts_with(kListening)) {
    throw Error(str_cat("own manager: syncmanagerd ended before it listened",
                        keeps_log ? ": " + log() : "; it says why on standard error"));
  }
  addresses_ = absl::StrSplit(line.substr(kListening.size()), ' ', absl::SkipEmpty());
}

std::string ManagerProcess::log() const {
  std::ostringstream out;
  out << std::ifstream(log_file()).rdbuf();
  return out.str();
}

void ManagerProcess::send_signal(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

int ManagerProcess::wait() {
  if (lifeline_ >= 0) ::close(std::exchange(lifeline_, -1));
  if (pid_ > 0) {
    while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
}

void ManagerProcess::end(int signal) {
  send_signal(signal);
  wait();
  std::error_code ignored;
  if (!directory_.empty()) fs::remove_all(std::exchange(directory_, ""), ignored);
}

void ManagerProcess::abandon() {
  if (lifeline_ >= 0) ::close(std::exchange(lifeline_, -1));
  pid_ = -1;
  directory_.clear();
}

}  // namespace syncmanager

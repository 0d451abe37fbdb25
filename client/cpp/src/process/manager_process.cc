#include "client/cpp/src/process/manager_process.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <syncmanager/error.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <system_error>
#include <tuple>
#include <utility>

#include "absl/strings/str_join.h"
#include "protos/auth/key_file.h"
#include "protos/support/str_cat.h"

extern "C" {
#include <sys/pidfd.h>  // glibc 2.36 declares these as if for C.
}

extern char** environ;

namespace syncmanager {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kListening = "listening on";
constexpr std::string_view kRefusal = "syncmanagerd: ";
constexpr int kLifelineInChild = 3;
constexpr int kAddressInUse = 3;  // What the manager exits with (manager/main.cc).

std::mutex mutex;  // Protects `all`, and is held while one of them makes its lifeline.
std::vector<ManagerProcess*> all;

std::string system_error() { return std::strerror(errno); }

// Where the directory may be, the best place first.
std::vector<fs::path> temporary_directories() {
  std::vector<fs::path> places;
  for (const char* name : {"TMPDIR", "TEMP", "TMP"}) {
    const char* named = std::getenv(name);
    if (named != nullptr && *named != '\0') places.push_back(fs::absolute(named));
  }
  places.insert(places.end(), {"/tmp", "/var/tmp"});
  return places;
}

// Makes the directory there, and the key in it. Returns its path; or "", and `why` says why not.
std::string make_directory_in(const fs::path& place, std::string_view key_line, std::string& why) {
  std::string path = (place / "syncmanager-XXXXXX").string();
  if (path.find('\n') != std::string::npos) {
    why = "has a line break in its name";
  } else if (path.size() + std::strlen("/socket") >= sizeof(sockaddr_un::sun_path)) {
    why = "is too long for the path of a socket";
  } else if (::mkdtemp(path.data()) == nullptr) {
    why = system_error();
  } else if (const absl::Status key = write_key_file(path + "/key", key_line); !key.ok()) {
    why = std::string(to_std(key.message()));
    std::error_code ignored;
    fs::remove_all(path, ignored);
  } else {
    return path;
  }
  return "";
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
  if (::pipe2(ends, O_CLOEXEC) == 0) {
    const std::pair<int, int> lifted(lift(ends[0]), lift(ends[1]));
    if (lifted.first >= 0 && lifted.second >= 0) return lifted;
    ::close(lifted.first);
    ::close(lifted.second);
  }
  throw Error(str_cat("own manager: can't make a pipe: ", system_error()));
}

// A space stands before each address, and may also be part of a path.
std::vector<std::string> split_addresses(std::string_view text) {
  const auto next = [&](size_t from) {
    return std::min({text.find(" unix:", from), text.find(" tcp://", from),
                     text.find(" tls://", from), text.find(" grpc://", from)});
  };
  std::vector<std::string> addresses;
  for (size_t begin = next(0); begin != std::string_view::npos;) {
    const size_t end = next(begin + 1);
    addresses.emplace_back(text.substr(begin + 1, end - begin - 1));
    begin = end;
  }
  return addresses;
}

}  // namespace

ManagerProcess::ManagerProcess(const Options& options) {
  static std::once_flag watched;
  std::call_once(watched, [] {
    ::pthread_atfork([] { mutex.lock(); }, [] { mutex.unlock(); }, &leave_to_parent);
  });
  make_directory(options);
  try {
    start(options);
  } catch (...) {
    end();
    throw;
  }
}

ManagerProcess::~ManagerProcess() { end(); }

void ManagerProcess::make_directory(const Options& options) {
  const std::string line =
      options.key.empty() ? generate_key_line(options.key_id) : options.key + "\n";
  std::vector<std::string> reasons;
  for (const fs::path& place : temporary_directories()) {
    std::string why;
    directory_ = make_directory_in(place, line, why);
    if (!directory_.empty()) return;
    reasons.push_back(str_cat(place.string(), ": ", why));
  }
  throw Error(
      str_cat("own manager: no place for its key and socket: ", absl::StrJoin(reasons, "; "),
              "; set TMPDIR to a directory in which this user may make files"));
}

void ManagerProcess::start(const Options& options) {
  const auto [output_read, output_write] = make_pipe();
  int lifeline_read = -1;
  {
    const std::lock_guard lock(mutex);
    std::tie(lifeline_read, lifeline_) = make_pipe();
    all.push_back(this);
  }
  spawn(options, output_write, lifeline_read);
  ::close(output_write);
  ::close(lifeline_read);
  await_addresses(output_read, options);
}

// The manager has a standard input, output and error, its end of the lifeline, and nothing else of
// ours: a process that waits for the end of a pipe of ours would wait for the manager.
void ManagerProcess::spawn(const Options& options, int output, int lifeline) {
  std::vector<std::string> listen = options.listen;
  std::vector<std::string> words = {options.program, str_cat("--lifeline-fd=", kLifelineInChild)};
  if (options.is_owned) {
    words.push_back("--owned-directory=" + directory_);
  } else {
    listen.insert(listen.begin(), str_cat("unix:", directory_, "/socket"));
    words.insert(words.end(), {"--authkey-file=" + key_file(), "--allow-root"});
  }
  if (!listen.empty()) words.push_back("--listen=" + absl::StrJoin(listen, ","));
  words.insert(words.end(), options.flags.begin(), options.flags.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  const int group = options.is_owned ? POSIX_SPAWN_SETPGROUP : 0;
  ::posix_spawnattr_setflags(&attributes, static_cast<short>(POSIX_SPAWN_SETSIGMASK | group));
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, lifeline, kLifelineInChild);
  if (options.keeps_log) {
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log_file().c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, 0600);
  }
  ::posix_spawn_file_actions_addclosefrom_np(&actions, kLifelineInChild + 1);
  const int failure = ::posix_spawnp(&pid_, argv[0], &actions, &attributes, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failure == 0) {
    process_ = ::pidfd_open(pid_, 0);
    return;
  }
  pid_ = -1;
  throw Error(str_cat("own manager: can't start ", words[0], ": ", std::strerror(failure),
                      "; set SYNCMANAGER_DAEMON to its path"));
}

// The manager prints one line when it listens, or says why it can't.
void ManagerProcess::await_addresses(int output, const Options& options) {
  std::string line;
  for (char c = 0; c != '\n';) {
    const ssize_t count = ::read(output, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    if (c != '\n') line.push_back(c);
  }
  ::close(output);
  if (line.starts_with(kListening)) {
    addresses_ = split_addresses(line);
    return;
  }
  if (line.starts_with(kRefusal)) {
    const std::string why = "own manager: " + line.substr(kRefusal.size());
    if (wait() == kAddressInUse) throw AddressInUse(why + "; choose another address, or port 0");
    throw Error(why);
  }
  throw Error(str_cat("own manager: ", options.program, " ended before it listened",
                      options.keeps_log ? ": " + log() : "; it says why on standard error"));
}

std::string ManagerProcess::log() const {
  std::ostringstream out;
  out << std::ifstream(log_file()).rdbuf();
  return out.str();
}

void ManagerProcess::send_signal(int signal) const {
  if (!is_ours_ || has_ended_ || pid_ < 0) return;
  if (::pidfd_send_signal(process_, signal, nullptr, 0) != 0 && errno != ESRCH) {
    ::kill(pid_, signal);
  }
}

bool ManagerProcess::has_ended_after(std::chrono::milliseconds patience) const {
  if (process_ < 0) return true;  // A system without such descriptors: it is only waited for.
  const auto deadline = Clock::now() + patience;
  pollfd watched{process_, POLLIN, 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const int ended = ::poll(&watched, 1, std::max(0, static_cast<int>(left.count())));
    if (ended >= 0 || errno != EINTR) return ended != 0;
  }
}

int ManagerProcess::wait() {
  close_lifeline();
  if (is_ours_ && !has_ended_ && pid_ > 0) {
    while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    has_ended_ = true;
    ::close(std::exchange(process_, -1));
  }
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
}

void ManagerProcess::end(std::optional<std::chrono::milliseconds> patience) {
  if (!is_ours_) return;
  close_lifeline();
  if (patience && !has_ended_ && pid_ > 0 && !has_ended_after(*patience)) send_signal(SIGKILL);
  wait();
  std::error_code ignored;
  if (!directory_.empty()) fs::remove_all(std::exchange(directory_, ""), ignored);
}

void ManagerProcess::close_lifeline() {
  const std::lock_guard lock(mutex);
  if (lifeline_ < 0) return;
  ::close(std::exchange(lifeline_, -1));
  std::erase(all, this);
}

void ManagerProcess::leave_to_parent() {
  for (ManagerProcess* process : std::exchange(all, {})) {
    process->is_ours_ = false;
    ::close(std::exchange(process->lifeline_, -1));
    ::close(std::exchange(process->process_, -1));
  }
  mutex.unlock();
}

}  // namespace syncmanager

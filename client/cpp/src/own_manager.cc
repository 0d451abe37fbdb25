#include "syncmanager/own_manager.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_split.h"
#include "protos/key_file.h"
#include "protos/str_cat.h"
#include "syncmanager/error.h"

extern char** environ;

namespace syncmanager {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kListening = "listening on ";

std::string find_program(const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  if (const char* named = std::getenv("SYNCMANAGER_DAEMON")) return named;
  std::error_code ignored;
  for (fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
       !folder.empty() && folder != folder.root_path(); folder = folder.parent_path()) {
    for (const char* place : {"manager", "bin", "sbin"}) {
      const fs::path program = folder / place / "syncmanagerd";
      if (::access(program.c_str(), X_OK) == 0) return program;
    }
  }
  return "syncmanagerd";
}

std::string make_directory() {
  std::string path = (fs::temp_directory_path() / "syncmanager-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) {
    throw Error(
        str_cat("own manager: can't make a directory like ", path, ": ", std::strerror(errno)));
  }
  return path;
}

// Both ends are closed on exec; the manager's end is handed on under its own number.
std::pair<int, int> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw Error(str_cat("own manager: can't make a pipe: ", std::strerror(errno)));
  }
  return {ends[0], ends[1]};
}

}  // namespace

OwnManager::OwnManager(const Options& options) : directory_(make_directory()) {
  key_file_ = directory_ + "/key";
  try {
    if (const absl::Status status = generate_key_file(key_file_, "own"); !status.ok()) {
      throw Error(str_cat("own manager: ", status.message()));
    }
    start(options);
  } catch (...) {
    stop();
    throw;
  }
}

OwnManager::~OwnManager() { stop(); }

void OwnManager::start(const Options& options) {
  constexpr int kLifelineInChild = 3;
  const auto [lifeline_read, lifeline_write] = make_pipe();
  const auto [output_read, output_write] = make_pipe();
  lifeline_ = lifeline_write;

  std::string listen = str_cat("--listen=unix:", directory_, "/socket");
  for (const std::string& address : options.listen) absl::StrAppend(&listen, ",", address);
  std::vector<std::string> words = {find_program(options.program), listen,
                                    "--authkey-file=" + key_file_,
                                    str_cat("--lifeline-fd=", kLifelineInChild),
                                    // Nobody reads its log; what goes wrong is said all the same.
                                    "--log-level=warn", "--allow-root"};
  words.insert(words.end(), options.flags.begin(), options.flags.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output_write, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, lifeline_read, kLifelineInChild);
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
  await_addresses(output_read);
}

// The manager prints one line when it listens, and its reasons on standard error when it can't.
void OwnManager::await_addresses(int output) {
  std::string line;
  for (char c = 0; c != '\n';) {
    const ssize_t count = ::read(output, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    if (c != '\n') line.push_back(c);
  }
  ::close(output);
  if (!line.starts_with(kListening)) {
    throw Error(
        "own manager: syncmanagerd ended before it listened; it says why on standard error");
  }
  addresses_ = absl::StrSplit(line.substr(kListening.size()), ' ', absl::SkipEmpty());
}

void OwnManager::share_with_children() const {
  ::setenv("SYNCMANAGER_URL", address().c_str(), 1);
  ::setenv("SYNCMANAGER_AUTHKEY_FILE", key_file_.c_str(), 1);
}

void OwnManager::stop() {
  if (lifeline_ >= 0) ::close(std::exchange(lifeline_, -1));
  if (pid_ > 0) {
    ::kill(pid_, SIGTERM);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  std::error_code ignored;
  if (!directory_.empty()) fs::remove_all(std::exchange(directory_, ""), ignored);
}

}  // namespace syncmanager

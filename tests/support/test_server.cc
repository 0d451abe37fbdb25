#include "tests/support/test_server.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "protos/key_file.h"
#include "protos/str_cat.h"

extern char** environ;

namespace syncmanager {
namespace {

constexpr int kLifelineInChild = 3;

std::string read_line(int descriptor) {
  std::string line;
  for (char c = 0; ::read(descriptor, &c, 1) == 1 && c != '\n';) line.push_back(c);
  return line;
}

pid_t spawn(std::vector<std::string> words, int out, int lifeline, const std::string& log) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, lifeline, kLifelineInChild);
  pid_t pid = -1;
  const int failure = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error(str_cat("can't start ", words[0]));
  return pid;
}

}  // namespace

TestServer::TestServer(std::vector<std::string> flags) {
  std::string path = (std::filesystem::temp_directory_path() / "syncmanager-test-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = path;
  key_file_ = directory_ + "/key";
  if (!generate_key_file(key_file_, "test").ok()) throw std::runtime_error("no key file");

  std::array<int, 2> output{}, lifeline{};
  // Closed on exec, or a server of another test would keep this one's lifeline open. A number
  // below 4 would be taken for the child's own.
  if (::pipe2(output.data(), O_CLOEXEC) != 0 || ::pipe2(lifeline.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipes");
  }
  std::vector<std::string> words = {
      SYNCMANAGERD_PATH, str_cat("--listen=unix:", directory_, "/s,tcp://127.0.0.1:0"),
      "--authkey-file=" + key_file_, "--allow-root", str_cat("--lifeline-fd=", kLifelineInChild)};
  words.insert(words.end(), flags.begin(), flags.end());
  const int child_end = ::fcntl(lifeline[0], F_DUPFD_CLOEXEC, kLifelineInChild + 1);
  pid_ = spawn(std::move(words), output[1], child_end, directory_ + "/log");
  lifeline_ = lifeline[1];
  for (const int each : {child_end, lifeline[0], output[1]}) ::close(each);

  const std::string line = read_line(output[0]);
  ::close(output[0]);
  std::istringstream in(line);
  std::string listening, on;
  if (!(in >> listening >> on >> unix_address_ >> tcp_address_)) {
    throw std::runtime_error(str_cat("syncmanagerd didn't start: ", log()));
  }
}

TestServer::~TestServer() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
  wait();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void TestServer::send_signal(int signal) const { ::kill(pid_, signal); }

int TestServer::wait() {
  if (lifeline_ >= 0) ::close(std::exchange(lifeline_, -1));
  if (pid_ > 0) {
    while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
}

std::string TestServer::log() const {
  std::ostringstream out;
  out << std::ifstream(directory_ + "/log").rdbuf();
  return out.str();
}

}  // namespace syncmanager

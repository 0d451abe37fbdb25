#include "tools/bench/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace syncmanager::bench {
namespace {

using Clock = std::chrono::steady_clock;

// The children that live, by pid; 0 is a free place. The thread that ends them reads it while the
// main thread starts others, so it is an array of atomics and not a container.
std::array<std::atomic<pid_t>, 512> living_children;

void replace_living(pid_t before, pid_t after) {
  for (std::atomic<pid_t>& place : living_children) {
    pid_t expected = before;
    if (place.compare_exchange_strong(expected, after)) return;
  }
  throw std::runtime_error("bench: too many children at once");
}

// Runs between fork and exec, so it makes only async-signal-safe calls.
[[noreturn]] void become(char* const* arguments, int input, int output, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // The parent went before the line above took effect.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  execv(arguments[0], arguments);
  _exit(127);
}

std::array<int, 2> open_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  return ends;
}

// True once the child is gone; it leaves no zombie.
bool reaped_within(pid_t pid, std::chrono::milliseconds patience) {
  const Clock::time_point deadline = Clock::now() + patience;
  while (waitpid(pid, nullptr, WNOHANG) == 0) {
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace

Child::Child(const std::vector<std::string>& command) : name_(command.front()) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  const auto [input_read, input_write] = open_pipe();
  const auto [output_read, output_write] = open_pipe();
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) become(arguments.data(), input_read, output_write, parent);
  const int error = errno;
  close(input_read);
  close(output_write);
  input_ = input_write;
  output_ = output_read;
  if (pid_ < 0) throw std::system_error(error, std::generic_category(), "fork");
  replace_living(0, pid_);
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      input_(std::exchange(other.input_, -1)),
      output_(std::exchange(other.output_, -1)),
      name_(std::move(other.name_)),
      unread_(std::move(other.unread_)) {}

Child::~Child() { stop(); }

void Child::stop() {
  if (input_ >= 0) close(std::exchange(input_, -1));
  if (output_ >= 0) close(std::exchange(output_, -1));
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  if (!reaped_within(pid_, std::chrono::seconds(2))) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  replace_living(pid_, 0);
  pid_ = -1;
}

void Child::write_line(std::string_view line) {
  const std::string text = std::string(line) + "\n";
  if (write(input_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error(
        absl::StrCat(name_, " (", pid_, ") takes no commands: ", std::strerror(errno)));
  }
}

std::string Child::read_line(std::chrono::milliseconds patience) {
  const Clock::time_point deadline = Clock::now() + patience;
  for (;;) {
    if (const size_t end = unread_.find('\n'); end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd ready{output_, POLLIN, 0};
    if (left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) == 0) {
      throw std::runtime_error(
          absl::StrCat(name_, " (", pid_, ") said nothing for ", patience.count(), " ms"));
    }
    std::array<char, 4096> buffer;
    const ssize_t count = read(output_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw std::runtime_error(absl::StrCat(name_, " (", pid_, ") ended"));
    unread_.append(buffer.data(), static_cast<size_t>(count));
  }
}

void end_children_on_signals(const std::string& folder) {
  signal(SIGPIPE, SIG_IGN);
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::thread([ends, folder] {
    int signal = 0;
    sigwait(&ends, &signal);
    for (const std::atomic<pid_t>& place : living_children) {
      if (const pid_t pid = place.load(); pid > 0) kill(pid, SIGKILL);
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    _exit(128 + signal);
  }).detach();
}

}  // namespace syncmanager::bench

#include "tools/syncctl/output/output.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "protos/support/str_cat.h"

namespace syncmanager {
namespace {

// A pipe that has any room has room for so much.
constexpr size_t kBlock = 4096;

// While it lives, writing to a pipe without a reader is an error and no signal.
class NoPipeSignal {
 public:
  NoPipeSignal() : before_(::signal(SIGPIPE, SIG_IGN)) {}
  ~NoPipeSignal() { ::signal(SIGPIPE, before_); }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  void (*const before_)(int);
};

// Waits until standard output takes something.
void await_room(int stop) {
  pollfd watched[] = {{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0},
                      {.fd = stop, .events = POLLIN, .revents = 0}};
  while (::poll(watched, std::size(watched), -1) < 0) {
    if (errno != EINTR) throw OutputFailed(errno);
  }
  if (watched[1].revents != 0) throw OutputFailed(EINTR);
}

}  // namespace

OutputFailed::OutputFailed(int error)
    : Error(str_cat("can't write to standard output: ", std::strerror(error))), error_(error) {}

void keep_standard_descriptors() {
  // Descriptors are given out from the lowest, so each takes the place that it looked for.
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    ::open("/dev/null", (descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
  }
}

void print(std::string_view text) { print_until(-1, text); }

void print_until(int stop, std::string_view text) {
  const NoPipeSignal no_signal;
  while (!text.empty()) {
    await_room(stop);
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), std::min(text.size(), kBlock));
    if (written < 0 && errno != EINTR && errno != EAGAIN) throw OutputFailed(errno);
    if (written > 0) text.remove_prefix(static_cast<size_t>(written));
  }
}

void print_json(const nlohmann::json& value) {
  print(value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n");
}

bool is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

size_t columns() {
  constexpr size_t kUnknown = 80;
  winsize size{};
  if (!is_terminal()) return 0;
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kUnknown;
}

}  // namespace syncmanager

#include "manager/hardening.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <new>
#include <string_view>

namespace syncmanager::manager {
namespace {

// There is nothing left to make a message with.
[[noreturn]] void end_out_of_memory() {
  constexpr std::string_view kMessage =
      "syncmanagerd: out of memory, so it ends, and its clients are told that their sessions are "
      "lost: start it with a smaller --max-total-bytes, or on a machine with more memory\n";
  pollfd room{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&room, 1, 0) != 1) std::abort();  // Nobody reads what would be said.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kMessage.data(), kMessage.size());
  std::abort();
}

}  // namespace

void prepare_process() {
  // A file opened here must not become standard error.
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(standard, F_GETFD) < 0) ::open("/dev/null", O_RDWR);
  }
  // SIGTTOU would stop a manager of a background job that logs to its terminal.
  for (const int unwanted : {SIGPIPE, SIGTTIN, SIGTTOU}) ::signal(unwanted, SIG_IGN);
  std::set_new_handler(end_out_of_memory);
  rlimit descriptors{};
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
    descriptors.rlim_cur = descriptors.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &descriptors);
  }
  constexpr size_t kSecureBytes = 1 << 20, kSmallestBlock = 64;
  CRYPTO_secure_malloc_init(kSecureBytes, kSmallestBlock);
}

void forbid_core_dumps() {
  const rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace syncmanager::manager

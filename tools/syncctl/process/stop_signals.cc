#include "tools/syncctl/process/stop_signals.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace syncmanager {
namespace {

constexpr int kStopping[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
// Wakes the thread that watches, so that it sees ending_. By default it does nothing.
constexpr int kWake = SIGURG;

}  // namespace

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void die_of(int signal) {
  ::signal(signal, SIG_DFL);
  sigset_t only;
  ::sigemptyset(&only);
  ::sigaddset(&only, signal);
  ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  ::raise(signal);
  std::_Exit(128 + signal);
}

StopSignals::StopSignals() : descriptor_(::eventfd(0, EFD_CLOEXEC)) {
  ::sigemptyset(&watched_);
  for (const int signal : kStopping) {
    if (!is_ignored(signal)) ::sigaddset(&watched_, signal);
  }
  ::sigaddset(&watched_, kWake);
  ::pthread_sigmask(SIG_BLOCK, &watched_, &before_);
  thread_ = std::thread([this] { watch(); });
}

StopSignals::~StopSignals() {
  ending_ = true;
  ::pthread_kill(thread_.native_handle(), kWake);
  thread_.join();
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  ::close(descriptor_);
}

void StopSignals::watch() {
  while (!ending_) {
    int signal = 0;
    if (::sigwait(&watched_, &signal) != 0 || signal == kWake) continue;
    if (!waited_ || signal_ != 0) die_of(signal);
    signal_ = signal;
    source_.request_stop();
    const uint64_t once = 1;
    if (::write(descriptor_, &once, sizeof(once)) < 0) return;
  }
}

}  // namespace syncmanager

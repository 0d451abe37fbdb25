#include "manager/signals.h"

#include <poll.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <iterator>
#include <utility>

namespace syncmanager::manager {
namespace {

constexpr int kKilledBySignal = 128;  // As a shell reports it.

sigset_t watched() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int each : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, each);
  return set;
}

}  // namespace

void Signals::block() {
  const sigset_t set = watched();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Signals::Signals(std::function<void()> leave, std::function<void()> reload, int lifeline,
                 pid_t owner)
    : leave_(std::move(leave)), reload_(std::move(reload)), lifeline_(lifeline), owner_(owner) {
  const sigset_t set = watched();
  signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  stop_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  thread_ = std::thread([this] { run(); });
}

Signals::~Signals() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

void Signals::run() {
  while (true) {
    // poll() passes over a descriptor of -1. A lifeline is readable when its other end is closed.
    pollfd watched[] = {{signals_.get(), POLLIN, 0},
                        {stop_.get(), POLLIN, 0},
                        {leaving_ ? -1 : lifeline_, POLLIN, 0}};
    if (::poll(watched, std::size(watched), -1) < 0) continue;
    if (watched[1].revents != 0) return;
    if (watched[0].revents != 0) take_signals();
    if (watched[2].revents != 0 && !std::exchange(leaving_, true)) leave_();
  }
}

void Signals::take_signals() {
  signalfd_siginfo arrived{};
  while (::read(signals_.get(), &arrived, sizeof(arrived)) == sizeof(arrived)) take(arrived);
}

void Signals::take(const signalfd_siginfo& signal) {
  const auto number = static_cast<int>(signal.ssi_signo);
  const auto sender = static_cast<pid_t>(signal.ssi_pid);
  if (owner_ != 0 && (number != SIGTERM || sender != owner_)) {
    spdlog::warn(
        "{} of process {} is ignored: this manager ends with the program that started it, process "
        "{}; SIGKILL ends the manager alone",
        number == SIGTERM  ? "SIGTERM"
        : number == SIGINT ? "SIGINT"
                           : "SIGHUP",
        sender, owner_);
  } else if (number == SIGHUP) {
    reload_();
  } else if (std::exchange(leaving_, true)) {
    ::_exit(kKilledBySignal + number);
  } else {
    leave_();
  }
}

}  // namespace syncmanager::manager

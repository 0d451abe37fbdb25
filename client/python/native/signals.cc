#include "client/python/native/signals.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "client/python/native/convert.h"
#include "client/python/native/without_gil.h"

namespace syncmanager::python {
namespace {

// Returns the one that was set before; -1: none. A descriptor that was closed meanwhile counts as
// none.
int set_wakeup_descriptor(int descriptor) {
  // Never destroyed: the interpreter may have ended by then.
  static const Handle set = import("signal").attr("set_wakeup_fd").release();
  try {
    return from_python<int>(set(descriptor));
  } catch (const PythonError&) {
    return from_python<int>(set(-1));
  }
}

// The pipe that Python writes to, and the thread that reads from it. Lives as long as the process.
class Watcher {
 public:
  Watcher() {
    if (::pipe2(ends_.data(), O_NONBLOCK | O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread([this] { run(); }).detach();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  // Returns what `wake` takes the place of; empty: there is no other watch.
  std::function<void()> start(std::function<void()> wake) {
    const std::unique_lock<std::mutex> lock = locked();
    std::function<void()> outer = std::exchange(wake_, std::move(wake));
    if (!outer) programs_ = set_wakeup_descriptor(ends_[1]);
    return outer;
  }

  void stop(std::function<void()> outer) {
    const std::unique_lock<std::mutex> lock = locked();
    wake_ = std::move(outer);
    if (wake_) return;
    if (programs_ >= 0) pass_on();
    const int replaced = set_wakeup_descriptor(std::exchange(programs_, -1));
    // A signal's Python code has set another one meanwhile.
    if (replaced != ends_[1]) set_wakeup_descriptor(replaced);
  }

  // In a forked child, whose copy of this has no thread and a lock that nobody unlocks.
  void abandon() {
    if (wake_) set_wakeup_descriptor(programs_);
    for (const int end : ends_) ::close(end);
  }

 private:
  // With the GIL; who holds the lock meanwhile may wait for a thread that wants the GIL.
  std::unique_lock<std::mutex> locked() {
    std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) {
      const WithoutGil waiting;
      lock.lock();
    }
    return lock;
  }

  void run() {
    pollfd arrival{.fd = ends_[0], .events = POLLIN, .revents = 0};
    while (true) {
      if (::poll(&arrival, 1, -1) < 0 && errno != EINTR) return;
      const std::lock_guard<std::mutex> lock(mutex_);
      pass_on();
      if (wake_) wake_();
    }
  }

  // Empties the pipe. REQUIRES: the lock.
  void pass_on() {
    std::array<char, 64> numbers;
    ssize_t count = 0;
    while ((count = ::read(ends_[0], numbers.data(), numbers.size())) > 0) {
      // If the program's descriptor is full it has been told of a signal already.
      if (programs_ >= 0) (void)!::write(programs_, numbers.data(), static_cast<size_t>(count));
    }
  }

  std::array<int, 2> ends_{};
  std::mutex mutex_;  // Protects what follows.
  std::function<void()> wake_;
  int programs_ = -1;  // What the program has set; -1: nothing.
};

Watcher* watcher = nullptr;  // With the GIL.

}  // namespace

SignalWatch::SignalWatch(std::function<void()> wake) : watches_(handles_signals()) {
  if (!watches_) return;
  if (watcher == nullptr) watcher = new Watcher;
  outer_ = watcher->start(std::move(wake));
}

SignalWatch::~SignalWatch() {
  if (watches_) watcher->stop(std::move(outer_));
}

void SignalWatch::after_fork_in_child() {
  if (Watcher* const parents = std::exchange(watcher, nullptr)) parents->abandon();
}

bool handles_signals() {
  if (_PyOS_IsMainThread == nullptr) return ::gettid() == ::getpid();
  return _PyOS_IsMainThread() != 0;
}

void run_signal_handlers() { check(PyErr_CheckSignals()); }

}  // namespace syncmanager::python

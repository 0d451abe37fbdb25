#pragma once

#include <signal.h>
#include <syncmanager/error.h>
#include <syncmanager/interruptible.h>

#include <atomic>
#include <stop_token>
#include <thread>

namespace syncmanager {

// Whether this process ignores the signal.
bool is_ignored(int signal);
// Ends this process by the signal, as its default action does.
[[noreturn]] void die_of(int signal);

// A command was stopped by a signal, and has given back its items and locks.
class Stopped : public Error {
 public:
  explicit Stopped(int signal) : Error("stopped by a signal"), signal_(signal) {}
  int signal() const { return signal_; }

 private:
  int signal_;
};

// From the first wait() to the end of this object, SIGINT, SIGTERM, SIGHUP and SIGQUIT stop the
// call that the program waits for instead of ending the program. A second signal ends it at once.
// Signals that the program was started to ignore stay ignored. REQUIRES: made before the program
// has other threads.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Calls `call`, which waits for the manager, and returns its result. Throws Stopped if a signal
  // came before the call had done anything.
  template <class Call>
  auto wait(Call call) {
    waited_ = true;
    const Interruptible here(source_.get_token());
    try {
      return call();
    } catch (const Cancelled&) {
      throw Stopped(signal_);
    }
  }
  // The signal that came; 0: none.
  int signal() const { return signal_; }
  // A descriptor that is readable when a signal has come.
  int descriptor() const { return descriptor_; }

 private:
  void watch();

  sigset_t watched_, before_;
  const int descriptor_;
  std::stop_source source_;
  std::atomic<int> signal_{0};
  std::atomic<bool> waited_{false};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace syncmanager

#pragma once

#include <chrono>
#include <functional>

namespace syncmanager::python {

// While it lives, `wake` is called for each signal that arrives for this process, so that a wait
// without the GIL ends at once and the signal's Python code can run. Outside of the main thread,
// where no such code runs, it does nothing.
//
// Python writes a byte to its wakeup descriptor when a signal arrives. For as long as a watch lives
// that descriptor is a pipe of the watch's. A thread of this module, which no signal is delivered
// to, reads from the pipe, calls `wake`, and passes the byte on to the descriptor that the program
// has set (signal.set_wakeup_fd), if there is one.
//
// A watch that begins within another one, as in a signal's Python code, takes its place until it
// ends. It costs some microseconds, so a call begins one only when it has waited for a moment
// (kUnwatched). REQUIRES: the GIL is held at its beginning and end.
class SignalWatch {
 public:
  // `wake` is called by another thread. It must not need the GIL, nor wait for a thread that does.
  explicit SignalWatch(std::function<void()> wake);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  // In a forked child: the thread isn't there, and the next watch starts another one.
  static void after_fork_in_child();

 private:
  const bool watches_;
  std::function<void()> outer_;  // The `wake` of the watch whose place this one has.
};

// Whether the Python code of signals runs in this thread: the main one. With the GIL.
bool handles_signals();
// Runs that of the signals that have arrived. Throws what it raises.
void run_signal_handlers();

// How long a call waits without a watch.
constexpr std::chrono::milliseconds kUnwatched{2};

}  // namespace syncmanager::python

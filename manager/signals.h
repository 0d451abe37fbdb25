#pragma once

#include <sys/signalfd.h>
#include <sys/types.h>

#include <functional>
#include <thread>

#include "manager/transport/file_descriptor.h"

namespace syncmanager::manager {

// The thread that waits for signals, so that nothing is done in the middle of something else.
// SIGTERM and SIGINT take leave the first time and end the process at once the second time, with
// 143 or 130. SIGHUP reloads. When the other end of the lifeline is closed, the manager takes leave
// too: the program that started it has ended, however it died.
//
// A manager with an owner ignores SIGINT, SIGHUP, and SIGTERM unless its owner sends it
// (manager/README.md says why).
class Signals {
 public:
  // Blocks these signals in this thread and in those that it starts. Call it before any starts.
  static void block();

  // `leave` and `reload` are called on the thread of this. `lifeline` is a descriptor to watch, or
  // -1. `owner` is the process that the manager belongs to, or 0.
  Signals(std::function<void()> leave, std::function<void()> reload, int lifeline, pid_t owner);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  void run();
  void take_signals();
  void take(const signalfd_siginfo& signal);

  const std::function<void()> leave_;
  const std::function<void()> reload_;
  const int lifeline_;
  const pid_t owner_;
  FileDescriptor signals_;
  FileDescriptor stop_;
  bool leaving_ = false;
  std::thread thread_;
};

}  // namespace syncmanager::manager

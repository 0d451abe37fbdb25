#pragma once

#include <functional>
#include <thread>

#include "manager/transport/file_descriptor.h"

namespace syncmanager {

// The thread that waits for signals, so that nothing is done in the middle of something else.
// SIGTERM and SIGINT take leave the first time and end the process at once the second time, with
// 143 or 130. SIGHUP reloads. The closing of the other end of a pipe takes leave too: of the
// program that started this manager for itself, however it dies.
class Signals {
 public:
  // Blocks these signals in this thread and in those that it starts. Call it before any starts.
  static void block();

  // Both are called on the thread of this. `lifeline` is a descriptor to watch, or -1.
  Signals(std::function<void()> leave, std::function<void()> reload, int lifeline);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  void run();
  void take_signal();

  const std::function<void()> leave_;
  const std::function<void()> reload_;
  FileDescriptor lifeline_;
  FileDescriptor signals_;
  FileDescriptor stop_;
  bool leaving_ = false;
  std::thread thread_;
};

}  // namespace syncmanager

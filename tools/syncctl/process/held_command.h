#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "tools/syncctl/process/front.h"

namespace syncmanager {

// A command that must not outlive the lock or permit under which it runs. Its process is made at
// once, while this one has no other threads, and becomes the command at run().
class HeldCommand {
 public:
  // Makes this process the one to which orphans of the command come. REQUIRES: it has one thread.
  HeldCommand(const std::vector<std::string>& words, const Front& front);
  // Ends the process if run() was never called.
  ~HeldCommand();
  HeldCommand(const HeldCommand&) = delete;
  HeldCommand& operator=(const HeldCommand&) = delete;

  // Runs the command with one more variable of the environment, NAME=VALUE of less than 4 KiB, or
  // none. Blocks
  // until the command has ended, and forwards the front process's signals to it. Returns
  // its exit code, 128 + N if signal N ended it, 127 or 126 if it can't be started. Returns nothing
  // if the front process ended or `lost` became readable before: the command is ended then, with
  // every process that it has started.
  std::optional<int> run(int lost, const std::string& variable);

 private:
  [[noreturn]] void become_command(const std::vector<std::string>& words, int go) const;
  // Reads the arrived signals. Returns the exit code if the command has ended.
  std::optional<int> take_signals(int signals) const;
  std::optional<int> reap() const;

  const Front& front_;
  pid_t pid_ = -1;
  int go_ = -1;  // The end of a pipe that starts the command by a byte.
};

}  // namespace syncmanager

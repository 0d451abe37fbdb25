#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace syncmanager::bench {

// A child process with a pipe to its input and a pipe from its output; it shares our standard
// error. It ends with the object, and with this process: by Ctrl-C, by SIGTERM, by SIGKILL.
//
// The bench and its client programs exchange lines: a command, then an answer.
// Not thread-safe. Functions throw std::runtime_error when the child has gone or stays silent.
class Child {
 public:
  // Starts `command` (an absolute path, then its arguments).
  explicit Child(const std::vector<std::string>& command);
  // Ends it as stop() does.
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  pid_t pid() const { return pid_; }

  // Writes the line and a newline.
  void write_line(std::string_view line);
  // The next line of its output, without the newline; throws if none comes within `patience`.
  std::string read_line(std::chrono::milliseconds patience);
  // Closes its input and output, asks it to end by SIGTERM, and makes it end two seconds later.
  void stop();

 private:
  pid_t pid_ = -1;  // -1 once it is stopped.
  int input_ = -1;
  int output_ = -1;
  std::string name_;    // For messages.
  std::string unread_;  // Output beyond the last line given out.
};

// Blocks SIGINT and SIGTERM in this thread and those it starts, and starts the one that waits for
// them: it kills every Child by its pid, removes `folder`, and exits with 128 + the signal.
// Call it once, before any other thread starts.
void end_children_on_signals(const std::string& folder);

}  // namespace syncmanager::bench

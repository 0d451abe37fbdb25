#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace syncmanager::manager {

// Writes the lines of the log to a descriptor, and never makes the thread that logs wait for it. A
// pipe may have a reader that doesn't read, and a terminal may be paused, so a thread of this
// writes there. 256 KiB may wait for that thread; lines beyond are dropped and counted. A regular
// file is written at once.
class LogWriter {
 public:
  // Makes the line that says how many lines were dropped. Called by the writing thread.
  using DroppedLine = std::function<std::string(uint64_t dropped)>;

  // REQUIRES: `descriptor` stays open as long as the process lives.
  LogWriter(int descriptor, DroppedLine dropped_line);
  // Doesn't wait for the thread, which ends with the process.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // `line` ends in a newline. Any thread.
  void write(std::string_view line);
  // Blocks until all lines are written, at most for `patience`. Any thread.
  void flush(std::chrono::milliseconds patience);

 private:
  struct Lines;

  static void write_on(Lines& lines);

  const std::shared_ptr<Lines> lines_;
};

}  // namespace syncmanager::manager

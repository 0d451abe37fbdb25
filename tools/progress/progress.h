#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace syncmanager {

// Shows people the progress of long work. A terminal has one line that is drawn again and again; a
// file or a pipe gets a line every few seconds, without control characters. Not thread-safe.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  // Writes to `stream`, which outlives this. `pace` is the shortest time between two lines of a
  // file or pipe; the first of them is due one `pace` after the construction.
  explicit Progress(std::FILE* stream, Clock::duration pace = std::chrono::seconds(5));

  // Shows `text`, which has no line break, where the stream is a terminal or a line is due.
  void show(std::string_view text, Clock::time_point now = Clock::now());
  // Shows `text` in any case, and ends the line.
  void finish(std::string_view text);
  // Removes the line from a terminal.
  void clear();

 private:
  std::FILE* const stream_;
  const bool terminal_;
  const Clock::duration pace_;
  Clock::time_point due_;
};

// "[######          ]": the share `done` of `all`, `width` columns between the brackets. More than
// all is drawn as all; of nothing, nothing is done.
std::string progress_bar(int64_t done, int64_t all, int width);

// The progress of this process on standard error: "42 %  text". `share` is between 0 and 1.
void show_progress(std::string_view what, double share);
// Removes the progress from a terminal.
void hide_progress();

}  // namespace syncmanager

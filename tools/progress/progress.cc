#include "tools/progress/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace syncmanager {
namespace {

constexpr char kEmptyLine[] = "\r\033[K";

void write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

Progress& progress_of_process() {
  static Progress progress(stderr);
  return progress;
}

}  // namespace

Progress::Progress(std::FILE* stream, Clock::duration pace)
    : stream_(stream),
      terminal_(::isatty(::fileno(stream)) != 0),
      pace_(pace),
      due_(Clock::now() + pace) {}

void Progress::show(std::string_view text, Clock::time_point now) {
  if (!terminal_) {
    if (now < due_) return;
    due_ = now + pace_;
    return finish(text);
  }
  write(stream_, kEmptyLine);
  write(stream_, text);
  std::fflush(stream_);
}

void Progress::finish(std::string_view text) {
  clear();
  write(stream_, text);
  write(stream_, "\n");
  std::fflush(stream_);
}

void Progress::clear() {
  if (!terminal_) return;
  write(stream_, kEmptyLine);
  std::fflush(stream_);
}

std::string progress_bar(int64_t done, int64_t all, int width) {
  const int64_t filled = all <= 0 ? 0 : std::clamp<int64_t>(done * width / all, 0, width);
  const auto columns = static_cast<size_t>(width);
  std::string bar(static_cast<size_t>(filled), '#');
  bar.resize(columns, ' ');
  return "[" + bar + "]";
}

void show_progress(std::string_view what, double share) {
  std::string text = std::to_string(std::lround(share * 100)) + " %  ";
  text.insert(0, text.size() < 6 ? 6 - text.size() : 0, ' ');
  progress_of_process().show(text.append(what));
}

void hide_progress() { progress_of_process().clear(); }

}  // namespace syncmanager

#include "manager/log_writer.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>
#include <utility>

#include "protos/support/mutex.h"

namespace syncmanager::manager {
namespace {

constexpr size_t kWaitingBytes = 256 << 10;

bool is_regular_file(int descriptor) {
  struct stat file {};
  return ::fstat(descriptor, &file) == 0 && S_ISREG(file.st_mode);
}

// Bytes that can't be written (a full disk, a closed terminal) are lost.
void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<size_t>(count));
    } else if (errno == EAGAIN) {  // Another holder of the descriptor has made it non-blocking.
      pollfd room{descriptor, POLLOUT, 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return;
    }
  }
}

}  // namespace

// The state that the threads that log share with the thread that writes.
struct LogWriter::Lines {
  const int descriptor;
  const DroppedLine dropped_line;
  const bool at_once = is_regular_file(descriptor);
  Mutex mutex = {};
  ConditionVariable came = {}, written = {};
  std::string waiting ABSL_GUARDED_BY(mutex) = {};
  uint64_t dropped ABSL_GUARDED_BY(mutex) = 0;  // Since the thread looked.
  bool writing ABSL_GUARDED_BY(mutex) = false;
};

LogWriter::LogWriter(int descriptor, DroppedLine dropped_line)
    : lines_(new Lines{.descriptor = descriptor, .dropped_line = std::move(dropped_line)}) {
  if (lines_->at_once) return;
  std::thread([lines = lines_] { write_on(*lines); }).detach();
}

LogWriter::~LogWriter() = default;

void LogWriter::write(std::string_view line) {
  const MutexLock lock(lines_->mutex);
  if (lines_->at_once) {
    write_all(lines_->descriptor, line);
  } else if (lines_->waiting.size() + line.size() > kWaitingBytes) {
    ++lines_->dropped;
  } else {
    lines_->waiting += line;
    lines_->came.notify_one();
  }
}

void LogWriter::flush(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const MutexLock lock(lines_->mutex);
  while (!lines_->waiting.empty() || lines_->writing) {
    if (!lines_->written.wait_until(lines_->mutex, deadline)) return;
  }
}

void LogWriter::write_on(Lines& lines) {
  const MutexLock lock(lines.mutex);
  while (true) {
    while (lines.waiting.empty()) lines.came.wait(lines.mutex);
    const std::string text = std::exchange(lines.waiting, "");
    const uint64_t dropped = std::exchange(lines.dropped, 0);
    lines.writing = true;
    {
      const MutexUnlock unlock(lines.mutex);
      write_all(lines.descriptor, text);
      if (dropped > 0) write_all(lines.descriptor, lines.dropped_line(dropped));
    }
    lines.writing = false;
    lines.written.notify_all();
  }
}

}  // namespace syncmanager::manager

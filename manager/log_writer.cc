#include "manager/log_writer.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace syncmanager::manager {
namespace {

constexpr size_t kWaitingBytes = 256 << 10;

bool is_regular_file(int descriptor) {
  struct stat file {};
  return ::fstat(descriptor, &file) == 0 && S_ISREG(file.st_mode);
}

// Text that can't be written (a full disk, a closed terminal) is lost.
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

// The lines that the logging threads share with the thread that writes.
struct LogWriter::Lines {
  const int descriptor;
  const DroppedLine dropped_line;
  const bool at_once = is_regular_file(descriptor);
  std::mutex mutex;
  std::condition_variable came, written;
  std::string waiting;
  uint64_t dropped = 0;  // Since the thread looked.
  bool writing = false;
};

LogWriter::LogWriter(int descriptor, DroppedLine dropped_line)
    : lines_(new Lines{.descriptor = descriptor, .dropped_line = std::move(dropped_line)}) {
  if (lines_->at_once) return;
  std::thread([lines = lines_] { write_on(*lines); }).detach();
}

LogWriter::~LogWriter() = default;

void LogWriter::write(std::string_view line) {
  const std::lock_guard lock(lines_->mutex);
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
  std::unique_lock lock(lines_->mutex);
  lines_->written.wait_for(lock, patience,
                           [this] { return lines_->waiting.empty() && !lines_->writing; });
}

void LogWriter::write_on(Lines& lines) {
  std::unique_lock lock(lines.mutex);
  while (true) {
    lines.came.wait(lock, [&] { return !lines.waiting.empty(); });
    const std::string text = std::exchange(lines.waiting, "");
    const uint64_t dropped = std::exchange(lines.dropped, 0);
    lines.writing = true;
    lock.unlock();
    write_all(lines.descriptor, text);
    if (dropped > 0) write_all(lines.descriptor, lines.dropped_line(dropped));
    lock.lock();
    lines.writing = false;
    lines.written.notify_all();
  }
}

}  // namespace syncmanager::manager

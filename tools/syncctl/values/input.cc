#include "tools/syncctl/values/input.h"

#include <fcntl.h>
#include <poll.h>
#include <syncmanager/error.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

#include "protos/support/str_cat.h"
#include "tools/syncctl/output/text.h"

namespace syncmanager {
namespace {

constexpr size_t kBlock = 64 << 10;

// Waits until the file has something. Returns false if `stop` is readable.
bool await(int file, int stop) {
  pollfd watched[] = {{.fd = file, .events = POLLIN, .revents = 0},
                      {.fd = stop, .events = POLLIN, .revents = 0}};
  while (::poll(watched, std::size(watched), -1) < 0 && errno == EINTR) {
  }
  return watched[1].revents == 0;
}

}  // namespace

FileParts::~FileParts() { ::close(file_); }

std::optional<std::string> FileParts::next() {
  const bool whole = split_ == Split::kWhole;
  const char end = split_ == Split::kNull ? '\0' : '\n';
  for (;;) {
    const size_t found = whole ? buffer_.npos : buffer_.find(end, searched_);
    if (found != buffer_.npos) return take_until(found, 1);
    searched_ = buffer_.size();
    if (ended_) break;
    fill();
  }
  const bool has_part = whole ? parts_ == 0 : taken_ < buffer_.size();
  if (stopped_ || !has_part) return std::nullopt;
  return take_until(buffer_.size(), 0);
}

std::string FileParts::take_until(size_t end, size_t length_of_end) {
  std::string part = buffer_.substr(taken_, end - taken_);
  taken_ = searched_ = end + length_of_end;
  ++parts_;
  return part;
}

void FileParts::fill() {
  buffer_.erase(0, std::exchange(taken_, 0));
  searched_ = buffer_.size();
  if (!await(file_, stop_)) {
    ended_ = stopped_ = true;
    return;
  }
  buffer_.resize(searched_ + kBlock);
  ssize_t count = 0;
  while ((count = ::read(file_, buffer_.data() + searched_, kBlock)) < 0 && errno == EINTR) {
  }
  const int reason = errno;
  buffer_.resize(searched_ + static_cast<size_t>(std::max<ssize_t>(count, 0)));
  if (count < 0) throw Error(std::strerror(reason));
  if (count == 0) ended_ = true;
}

std::optional<ShellValue> Input::next() {
  for (;;) {
    if (file_) {
      try {
        if (const std::optional<std::string> part = file_->next()) return read(*part);
      } catch (const InvalidArgument&) {
        throw;
      } catch (const Error& error) {
        throw Error(str_cat("can't read ", place_, ": ", error.what()));
      }
      file_.reset();
    }
    if (next_word_ == words_.size()) return std::nullopt;
    const std::string& word = words_[next_word_++];
    if (reading_.literal || (word != "-" && !word.starts_with('@'))) {
      return ShellValue::read(word, reading_.as);
    }
    open(word);
  }
}

void Input::open(const std::string& word) {
  const bool standard = word == "-";
  place_ = standard ? "standard input" : print_name(word.substr(1));
  split_ = reading_.split;
  if (split_ == Split::kBySource) split_ = standard ? Split::kLines : Split::kWhole;
  count_ = 0;
  const int file = standard ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                            : ::open(word.c_str() + 1, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    throw Error(str_cat("can't read ", place_, ": ", std::strerror(errno),
                        standard ? "" : "; --literal takes a word that begins with @ as it is"));
  }
  file_.emplace(file, split_, stop_);
}

ShellValue Input::read(std::string_view part) {
  ++count_;
  if (split_ == Split::kWhole && reading_.as != As::kBytes && part.ends_with('\n')) {
    part.remove_suffix(1);
  }
  try {
    return ShellValue::read(part, reading_.as);
  } catch (const InvalidArgument& error) {
    throw InvalidArgument(str_cat(place_, ", value ", count_, ": ", error.what()));
  }
}

}  // namespace syncmanager

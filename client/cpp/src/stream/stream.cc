#include "client/cpp/src/stream/stream.h"

#include <poll.h>
#include <syncmanager/error.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "protos/frame.h"

namespace syncmanager {
namespace {

// A part of a large value and what is around it. Memory that isn't used costs nothing.
constexpr size_t kRoomBytes = 320 << 10;
// A buffer of more than that is given back when it is empty.
constexpr size_t kKeptBytes = 64 << 10;

}  // namespace

Stream::Stream(SecureSocket& socket, size_t max_message)
    : socket_(socket),
      bell_([] { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }),
      room_(std::make_unique_for_overwrite<char[]>(kRoomBytes)),
      http2_(Http2Stream::Side::kClient, max_message) {
  if (bell_.get() >= 0) return;
  throw ConnectFailed("this process has no descriptor left for a connection",
                      std::make_error_code(std::errc::too_many_files_open));
}

// ---- What leaves.

bool Stream::write(std::string_view body, std::string_view tag) {
  {
    const MutexLock lock(mutex_);
    append_frame(http2_.begin_message(frame_size(body, tag)), body, tag);
    owes_written_ = true;
    if (send_out()) return true;
  }
  nudge();  // The thread in next() waits for room, too.
  return false;
}

bool Stream::send_out() {
  if (std::exchange(sending_, true)) return false;
  is_unsent_ = false;
  while (true) {
    if (outgoing_.empty()) {
      outgoing_.swap(http2_.output());
      sent_of_it_ = 0;
    }
    if (outgoing_.empty()) break;
    ssize_t size = 0;
    int failure = 0;
    {
      const MutexUnlock unlock(mutex_);
      size = socket_.send(std::string_view(outgoing_).substr(sent_of_it_));
      failure = errno;
    }
    if (size < 0 && failure == EINTR) continue;
    // If the connection is broken, next() reads its end.
    if (size >= 0) sent_of_it_ += static_cast<size_t>(size);
    if (size < 0 || sent_of_it_ < outgoing_.size()) {
      is_unsent_ = size >= 0 || failure == EAGAIN;
      break;
    }
    outgoing_.clear();
    if (outgoing_.capacity() > kKeptBytes) std::string().swap(outgoing_);
  }
  sending_ = false;
  const bool all = outgoing_.empty() && !http2_.is_blocked();
  return all && std::exchange(owes_written_, false);
}

void Stream::finish() {
  const MutexLock lock(mutex_);
  http2_.finish();
  send_out();
}

void Stream::cancel() { ::shutdown(socket_.descriptor(), SHUT_RDWR); }

void Stream::nudge() { ::eventfd_write(bell_.get(), 1); }

// ---- What arrives.

Stream::Event Stream::next(Clock::time_point deadline) {
  const bool only_looks = deadline == Clock::time_point::min();
  while (true) {
    {
      const MutexLock lock(mutex_);
      if (is_unsent_ && send_out()) return Event::kWritten;
      if (take_message()) return Event::kReceived;
      if (ended_) return std::exchange(told_, true) ? Event::kNothing : Event::kClosed;
      if ((only_looks || is_readable_) && receive()) continue;
    }
    if (only_looks || !wait(deadline)) return Event::kNothing;
  }
}

bool Stream::take_message() {
  if (const std::optional<std::string_view> message = http2_.next()) {
    received_ = *message;
    return true;
  }
  if (!http2_.output().empty() && !sending_) is_unsent_ = true;
  if (!http2_.error().empty()) {
    end("the manager broke the protocol: " + std::string(http2_.error()));
  } else if (http2_.has_ended()) {
    in_order_ = true;
    end("the manager closed the connection");
  }
  return false;
}

bool Stream::receive() {
  ssize_t size = 0;
  int failure = 0;
  {
    const MutexUnlock unlock(mutex_);
    size = socket_.receive({room_.get(), kRoomBytes});
    failure = errno;
  }
  is_readable_ = size == kRoomBytes || socket_.has_more();
  if (size < 0 && (failure == EAGAIN || failure == EINTR)) return false;
  if (size <= 0) {
    const std::string tls_error = socket_.error();
    if (size == 0 || failure == ECONNRESET) {
      end("the manager closed the connection");
    } else if (!tls_error.empty()) {
      end("TLS with the manager failed: " + tls_error);
    } else {
      end(std::generic_category().message(failure));
    }
    return true;
  }
  http2_.receive({room_.get(), static_cast<size_t>(size)});
  return true;
}

bool Stream::wait(Clock::time_point deadline) {
  pollfd watched[] = {
      {socket_.descriptor(), static_cast<short>(POLLIN | (is_unsent_ ? POLLOUT : 0)), 0},
      {bell_.get(), POLLIN, 0}};
  timespec left{};
  if (deadline != Clock::time_point::max()) {
    const auto time = std::max<std::chrono::nanoseconds>(deadline - Clock::now(), {});
    left.tv_sec = time / std::chrono::seconds(1);
    left.tv_nsec = (time % std::chrono::seconds(1)).count();
  }
  const bool for_ever = deadline == Clock::time_point::max();
  const int ready = ::ppoll(watched, std::size(watched), for_ever ? nullptr : &left, nullptr);
  if (ready <= 0) return ready < 0 && Clock::now() < deadline;
  is_readable_ = (watched[0].revents & ~POLLOUT) != 0;
  if (watched[1].revents == 0) return true;
  eventfd_t rings = 0;
  ::eventfd_read(bell_.get(), &rings);
  return false;
}

void Stream::end(std::string why) {
  if (!ended_) why_ = std::move(why);
  ended_ = true;
}

}  // namespace syncmanager

#include "tests/support/raw_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace syncmanager {
namespace {

constexpr int kSoonMs = 15'000;

}  // namespace

RawSocket::~RawSocket() { ::close(socket_); }

bool RawSocket::turn(short events, short& happened) {
  pollfd watched{socket_, events, 0};
  if (ended_ || ::poll(&watched, 1, kSoonMs) != 1) return false;
  happened = watched.revents;
  if ((happened & ~POLLOUT) == 0) return true;
  std::array<char, 65'536> bytes;
  const ssize_t size = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
  ended_ = size <= 0;
  if (!ended_) received_.append(bytes.data(), static_cast<size_t>(size));
  return !ended_;
}

bool RawSocket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    short happened = 0;
    if (!turn(POLLIN | POLLOUT, happened)) return false;
    if ((happened & POLLOUT) == 0) continue;
    const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0 && errno != EAGAIN) {
      ended_ = true;
      return false;
    }
    if (size > 0) bytes.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

bool RawSocket::receive() {
  short happened = 0;
  return turn(POLLIN, happened);
}

bool RawSocket::await(std::string_view wanted) {
  while (received_.find(wanted) == std::string::npos) {
    if (!receive()) return false;
  }
  return true;
}

bool RawSocket::await_end() {
  while (receive()) {
  }
  return ended_;
}

}  // namespace syncmanager

#include "manager/transport/acceptor.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace syncmanager::manager {
namespace {

// How long accepting pauses when not even the reserve descriptor could be had.
constexpr Duration kShortestPause = std::chrono::milliseconds(10);
constexpr Duration kLongestPause = std::chrono::seconds(1);
// Taken from one listener in one turn.
constexpr int kAtOnce = 8;
// The least time between two log lines about strangers.
constexpr Duration kLogInterval = std::chrono::seconds(1);

FileDescriptor open_reserve() { return FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

Acceptor::Acceptor(std::vector<std::unique_ptr<Listener>> listeners, HandOver hand_over,
                   int lifeline)
    : listeners_(std::move(listeners)),
      hand_over_(std::move(hand_over)),
      lifeline_(lifeline),
      reserve_(open_reserve()) {
  for (const auto& each : listeners_) poller_.add(each->descriptor(), EPOLLIN, each.get());
}

void Acceptor::accept_some(Time now) {
  bool able = true;
  for (const epoll_event& event : poller_.wait({})) {
    able = accept_some(*static_cast<const Listener*>(event.data.ptr), now) && able;
  }
  if (able) {
    pause_ = {};
    return;
  }
  // A backlog that can't be served must not keep the manager awake.
  pause_ = std::clamp(pause_ * 2, kShortestPause, kLongestPause);
  pause_end_ = now + pause_;
  for (const auto& each : listeners_) poller_.remove(each->descriptor());
}

void Acceptor::on_time(Time now) {
  if (now < pause_end_) return;
  pause_end_ = kNever;
  for (const auto& each : listeners_) poller_.add(each->descriptor(), EPOLLIN, each.get());
}

bool Acceptor::accept_some(const Listener& listener, Time now) {
  for (int i = 0; i < kAtOnce; ++i) {
    FileDescriptor socket(
        ::accept4(listener.descriptor(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket && owner_has_ended()) return true;  // It came too late, and is closed.
    if (socket) {
      greet(std::move(socket), listener, now);
    } else if (errno == EAGAIN) {
      return true;
    } else if (errno == EMFILE || errno == ENFILE) {
      if (!shed(listener, now)) return false;
    } else if (errno == ENOBUFS || errno == ENOMEM) {
      return false;
    }
    // Anything else is the end of that one connection (accept(2): ECONNABORTED and others).
  }
  return true;
}

bool Acceptor::owner_has_ended() const {
  pollfd lifeline{lifeline_, POLLIN, 0};
  return lifeline_ >= 0 && ::poll(&lifeline, 1, 0) > 0;
}

void Acceptor::greet(FileDescriptor socket, const Listener& listener, Time now) {
  Peer peer = peer_of(socket.get());
  if (listener.address().is_unix && !peer.is_own_user) {
    return turned_away(listener, "another user's", now);
  }
  peer.needs_tls = !peer.is_unix && listener.address().needs_tls(peer.is_here);
  const int on = 1;
  if (!peer.is_unix) ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  hand_over_(std::move(socket), std::move(peer));
}

// Gives up the reserve, takes the connection with it, closes that and fetches the reserve again.
bool Acceptor::shed(const Listener& listener, Time now) {
  if (!reserve_) reserve_ = open_reserve();
  if (!reserve_) return false;
  reserve_.reset();
  FileDescriptor shed(::accept4(listener.descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
  shed.reset();
  reserve_ = open_reserve();
  turned_away(listener, "out of descriptors", now);
  return static_cast<bool>(reserve_);
}

void Acceptor::turned_away(const Listener& listener, std::string_view why, Time now) {
  ++turned_away_;
  if (now < next_log_) return;
  spdlog::warn("turned away {} connections, the last one at {}: {}", turned_away_,
               listener.address().to_string(), why);
  turned_away_ = 0;
  next_log_ = now + kLogInterval;
}

}  // namespace syncmanager::manager

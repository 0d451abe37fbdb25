#include "manager/transport/acceptor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace syncmanager {
namespace {

// How long accepting pauses when not even the reserve descriptor could be had.
constexpr int kShortestPauseMs = 10;
constexpr int kLongestPauseMs = 1000;
// Taken from one listener before the others, the lobby and the order to stop are looked at.
constexpr int kAtOnce = 64;
// Of lines about strangers.
constexpr std::chrono::seconds kLogInterval{1};

using Clock = std::chrono::steady_clock;

// How long poll(2) may wait until `deadline`, rounded up so that it doesn't come back early.
int until_ms(Clock::time_point deadline) {
  if (deadline == Clock::time_point::max()) return -1;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<int64_t>(wait, 0, 60'000));
}

FileDescriptor open_reserve() { return FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

bool is_own_user(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == ::geteuid() || peer.uid == 0;
}

Peer peer_of(int socket) {
  Peer peer;
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  char text[INET6_ADDRSTRLEN] = "";
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0) return peer;
  if (name.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&name);
    ::inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
    peer.port = ntohs(v4->sin_port);
  } else if (name.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&name);
    ::inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
    peer.port = ntohs(v6->sin6_port);
  }
  peer.source = text;
  return peer;
}

}  // namespace

Acceptor::Acceptor(std::vector<Listener*> listeners, Lobby& lobby, HandOver hand_over, int lifeline)
    : listeners_(std::move(listeners)),
      lobby_(lobby),
      hand_over_(std::move(hand_over)),
      lifeline_(lifeline),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      reserve_(open_reserve()),
      thread_([this] { run(); }) {}

Acceptor::~Acceptor() { stop(); }

void Acceptor::stop() {
  if (!thread_.joinable()) return;
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

void Acceptor::run() {
  std::vector<pollfd> watched;
  for (const Listener* listener : listeners_)
    watched.push_back({listener->descriptor(), POLLIN, 0});
  // poll() passes over a descriptor of -1.
  pollfd ends[] = {{stop_.get(), POLLIN, 0}, {lifeline_, POLLIN, 0}};
  watched.insert(watched.end(), std::begin(ends), std::end(ends));
  int pause_ms = 0;
  while (true) {
    // While pausing only what ends this loop is listened to, so that a backlog doesn't spin.
    const bool pausing = pause_ms > 0;
    const nfds_t count = pausing ? std::size(ends) : watched.size();
    pollfd* first = watched.data() + watched.size() - count;
    if (::poll(first, count, pausing ? pause_ms : until_ms(lobby_.next_sweep())) < 0) continue;
    if (std::any_of(watched.end() - std::size(ends), watched.end(),
                    [](const pollfd& end) { return end.revents != 0; })) {
      return;
    }
    left(lobby_.sweep(Clock::now()));
    bool able = true;
    for (size_t i = 0; i < listeners_.size(); ++i) {
      if (pausing || watched[i].revents != 0) able = accept_some(*listeners_[i]) && able;
    }
    pause_ms = able ? 0 : std::clamp(pause_ms * 2, kShortestPauseMs, kLongestPauseMs);
  }
}

bool Acceptor::accept_some(const Listener& listener) {
  for (int i = 0; i < kAtOnce; ++i) {
    FileDescriptor socket(
        ::accept4(listener.descriptor(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket && owner_has_ended()) return true;  // It came too late, and is closed.
    if (socket) {
      greet(std::move(socket), listener);
    } else if (errno == EAGAIN) {
      return true;
    } else if (errno == EMFILE || errno == ENFILE) {
      if (!shed(listener)) return false;
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

void Acceptor::greet(FileDescriptor socket, const Listener& listener) {
  Peer peer;
  if (listener.address().is_unix) {
    peer.is_unix = true;
    if (!is_own_user(socket.get())) {
      return turned_away(listener, "another user's");
    }
  } else {
    peer = peer_of(socket.get());
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  const auto draw = static_cast<uint32_t>(std::uniform_int_distribution<int>(0, 99)(random_));
  const Lobby::Verdict verdict = lobby_.admit(socket.get(), draw, Clock::now());
  if (verdict != Lobby::Verdict::kAdmitted) return turned_away(listener, to_string(verdict));
  hand_over_(std::move(socket), peer);
}

// Gives up the reserve, takes the connection with it, closes that and fetches the reserve again.
bool Acceptor::shed(const Listener& listener) {
  if (!reserve_) reserve_ = open_reserve();
  if (!reserve_) return false;
  reserve_.reset();
  FileDescriptor shed(::accept4(listener.descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
  shed.reset();
  reserve_ = open_reserve();
  turned_away(listener, "out of descriptors");
  return static_cast<bool>(reserve_);
}

void Acceptor::left(const Lobby::Swept& swept) {
  left_.late += swept.late;
  left_.greedy += swept.greedy;
  left_.left += swept.left;
  const Clock::time_point now = Clock::now();
  if (now < next_left_log_ || left_.late + left_.greedy + left_.left == 0) return;
  spdlog::info(
      "connections that proved no key: {} too slow, {} sent too much, {} left or no HTTP/2",
      left_.late, left_.greedy, left_.left);
  left_ = {};
  next_left_log_ = now + kLogInterval;
}

void Acceptor::turned_away(const Listener& listener, std::string_view why) {
  ++turned_away_;
  const Clock::time_point now = Clock::now();
  if (now < next_log_) return;
  spdlog::warn("turned away {} connections, the last one at {}: {}", turned_away_,
               listener.address().to_string(), why);
  turned_away_ = 0;
  next_log_ = now + kLogInterval;
}

}  // namespace syncmanager

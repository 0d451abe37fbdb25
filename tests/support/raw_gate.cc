#include "tests/support/raw_gate.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace syncmanager {
namespace {

constexpr timeval kLongestWait{.tv_sec = 10, .tv_usec = 0};

int connect_to_unix(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, sizeof(name.sun_path) - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0) return socket;
  ::close(socket);
  return -1;
}

int connect_to_tcp(const std::string& target) {
  const size_t colon = target.rfind(':');
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<uint16_t>(std::stoi(target.substr(colon + 1))));
  ::inet_pton(AF_INET, target.substr(0, colon).c_str(), &name.sin_addr);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (::connect(socket, reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0) return socket;
  ::close(socket);
  return -1;
}

}  // namespace

RawGate::RawGate(const std::string& target)
    : socket_(target.starts_with("unix:") ? connect_to_unix(target.substr(5))
                                          : connect_to_tcp(target)) {
  if (socket_ < 0) throw std::runtime_error("nobody listens at " + target);
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kLongestWait, sizeof(kLongestWait));
}

RawGate::~RawGate() {
  if (socket_ >= 0) ::close(socket_);
}

int RawGate::release() { return std::exchange(socket_, -1); }

bool RawGate::send_bytes(std::string_view bytes) {
  return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

std::optional<std::string> RawGate::receive() {
  GateReader message(4096);
  char bytes[4096];
  while (true) {
    const ssize_t size = ::recv(socket_, bytes, message.wanted(), 0);
    if (size <= 0) return std::nullopt;
    switch (message.add({bytes, static_cast<size_t>(size)})) {
      case GateReader::State::kIncomplete:
        break;
      case GateReader::State::kMessage:
        return std::string(message.content());
      case GateReader::State::kRefusal:
        error_ = read_refusal(message.content());
        return std::nullopt;
      case GateReader::State::kForeign:
        return std::nullopt;
    }
  }
}

bool RawGate::await_end() {
  char byte = 0;
  ssize_t size = 0;
  while ((size = ::recv(socket_, &byte, 1, 0)) > 0) {
  }
  return size == 0 || errno == ECONNRESET;
}

bool RawGate::pass(const FileKey& key, ClientHandshake::Policy policy) {
  ClientHandshake handshake(*key.keys, std::move(policy));
  send(handshake.hello());
  const std::optional<std::string> hello = receive();
  if (!hello) return false;
  const absl::StatusOr<std::string> proof = handshake.on_server_hello(*hello);
  if (!proof.ok()) return false;
  send(*proof);
  const std::optional<std::string> auth = receive();
  if (!auth) return false;
  absl::StatusOr<Agreement> agreement = handshake.on_server_auth(*auth);
  if (!agreement.ok()) return false;
  agreement_ = *std::move(agreement);
  return true;
}

}  // namespace syncmanager

#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace syncmanager {

// Both ends of a connection on this machine. Throws std::runtime_error if it can't be had.
class SocketPair {
 public:
  // Over TCP, between ports of 127.0.0.1 or ::1.
  static SocketPair tcp(int family = AF_INET) {
    const int listener = checked(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_storage name{};
    name.ss_family = static_cast<sa_family_t>(family);
    if (family == AF_INET) {
      reinterpret_cast<sockaddr_in&>(name).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
      reinterpret_cast<sockaddr_in6&>(name).sin6_addr = in6addr_loopback;
    }
    socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    auto* address = reinterpret_cast<sockaddr*>(&name);
    checked(::bind(listener, address, size));
    checked(::listen(listener, 1));
    checked(::getsockname(listener, address, &size));
    const int client = checked(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    checked(::connect(client, address, size));
    const int server = checked(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    ::close(listener);
    return SocketPair(client, server);
  }
  static SocketPair unix_socket() {
    int ends[2];
    checked(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends));
    return SocketPair(ends[0], ends[1]);
  }
  SocketPair(SocketPair&& other) noexcept
      : client_(std::exchange(other.client_, -1)), server_(std::exchange(other.server_, -1)) {}
  ~SocketPair() {
    close_client();
    close_server();
  }

  int client() const { return client_; }
  int server() const { return server_; }
  // The server's end, which is the caller's to close from now on.
  int release_server() { return std::exchange(server_, -1); }
  void close_client() { close(client_); }
  void close_server() { close(server_); }

  // The client's port, on TCP.
  int port() const {
    sockaddr_in6 name{};
    socklen_t size = sizeof(name);
    checked(::getsockname(client_, reinterpret_cast<sockaddr*>(&name), &size));
    return ntohs(name.sin6_port);  // Where sockaddr_in has it too.
  }
  // Whether the client is told within `timeout_ms` that the connection is over.
  bool is_over(int timeout_ms) const {
    pollfd watched{client_, POLLRDHUP, 0};
    return ::poll(&watched, 1, timeout_ms) == 1;
  }

 private:
  SocketPair(int client, int server) : client_(client), server_(server) {}
  static int checked(int result) {
    if (result < 0) throw std::runtime_error("no connection on this machine");
    return result;
  }
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }

  int client_;
  int server_;
};

}  // namespace syncmanager

#include "manager/transport/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

std::string to_text(int family, const void* address) {
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(family, address, text, sizeof(text));
  return text;
}

Peer peer_of(const in_addr& address, in_port_t port) {
  const std::string host = to_text(AF_INET, &address);
  return {.is_here = ntohl(address.s_addr) >> 24 == 127,
          .source = host,
          .name = str_cat(host, ":", ntohs(port))};
}

Peer peer_of(const sockaddr_in6& name) {
  if (IN6_IS_ADDR_V4MAPPED(&name.sin6_addr)) {
    in_addr v4{};
    std::copy_n(&name.sin6_addr.s6_addr[12], sizeof(v4), reinterpret_cast<uint8_t*>(&v4));
    return peer_of(v4, name.sin6_port);
  }
  const std::string scope = name.sin6_scope_id == 0 ? "" : str_cat("%", name.sin6_scope_id);
  in6_addr network = name.sin6_addr;
  std::fill(std::begin(network.s6_addr) + 8, std::end(network.s6_addr), uint8_t{0});
  return {
      .is_here = IN6_IS_ADDR_LOOPBACK(&name.sin6_addr) != 0,
      .source = str_cat(to_text(AF_INET6, &network), scope, "/64"),
      .name = str_cat("[", to_text(AF_INET6, &name.sin6_addr), scope, "]:", ntohs(name.sin6_port))};
}

Peer peer_on_unix(int socket) {
  ucred process{};
  socklen_t size = sizeof(process);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &process, &size) != 0) {
    return {.is_unix = true, .is_here = true, .name = "an unknown process"};
  }
  return {.is_unix = true,
          .is_own_user = process.uid == ::geteuid() || process.uid == 0,
          .is_here = true,
          .name = str_cat("process ", process.pid, " of user ", process.uid)};
}

Peer peer_of(const sockaddr_storage& name, int socket) {
  switch (name.ss_family) {
    case AF_INET: {
      const auto& v4 = reinterpret_cast<const sockaddr_in&>(name);
      return peer_of(v4.sin_addr, v4.sin_port);
    }
    case AF_INET6:
      return peer_of(reinterpret_cast<const sockaddr_in6&>(name));
    case AF_UNIX:
      return peer_on_unix(socket);
    default:  // It has gone already.
      return {.source = "unknown", .name = "an unknown address"};
  }
}

using Ask = int (*)(int socket, sockaddr* name, socklen_t* size);

Peer ask(Ask which, int socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  if (which(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0) name.ss_family = AF_UNSPEC;
  return peer_of(name, socket);
}

std::string_view host_of(const Peer& peer) {
  return std::string_view(peer.name).substr(0, peer.name.rfind(':'));
}

}  // namespace

Peer peer_of(int socket) {
  Peer peer = ask(::getpeername, socket);
  // Who has this machine's address is on it: the kernel takes no such packet from a network.
  if (!peer.is_here) peer.is_here = host_of(peer) == host_of(ask(::getsockname, socket));
  return peer;
}

}  // namespace syncmanager::manager

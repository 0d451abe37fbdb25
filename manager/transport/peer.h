#pragma once

#include <string>

namespace syncmanager::manager {

// Who is at the other end of a connection, as the kernel says (SO_PEERCRED of unix(7), and
// getpeername(2)).
struct Peer {
  bool is_unix = false;
  bool is_own_user = false;  // Of a unix socket: this user's process, or root's.
  bool is_here = false;      // On this machine.
  // A TCP peer's IPv4 address, or the /64 network of its IPv6 address. Empty for a unix socket.
  std::string source;
  bool needs_tls = false;  // It isn't let in without TLS.
  std::string name;        // For logs: "127.0.0.1:4000", "process 17 of user 1000".
};

Peer peer_of(int socket);

}  // namespace syncmanager::manager

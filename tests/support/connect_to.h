#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "manager/transport/address.h"
#include "manager/transport/file_descriptor.h"

namespace syncmanager {

// A new connection to the listener at a unix socket, or at a port of an IPv4 address; none if
// nobody does.
inline manager::FileDescriptor connect_to(const manager::Address& address) {
  sockaddr_un path{};
  path.sun_family = AF_UNIX;
  address.path.copy(path.sun_path, sizeof(path.sun_path) - 1);
  sockaddr_in port{};
  port.sin_family = AF_INET;
  port.sin_port = htons(address.port);
  ::inet_pton(AF_INET, address.host.c_str(), &port.sin_addr);

  manager::FileDescriptor client(
      ::socket(address.is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* name = address.is_unix ? reinterpret_cast<const sockaddr*>(&path)
                                     : reinterpret_cast<const sockaddr*>(&port);
  const socklen_t size = address.is_unix ? sizeof(path) : sizeof(port);
  if (::connect(client.get(), name, size) != 0) client.reset();
  return client;
}

}  // namespace syncmanager

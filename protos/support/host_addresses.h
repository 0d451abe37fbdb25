#pragma once

#include <netdb.h>

#include <memory>
#include <string>

namespace syncmanager {

struct FreeAddresses {
  void operator()(addrinfo* first) const { ::freeaddrinfo(first); }
};
using HostAddresses = std::unique_ptr<addrinfo, FreeAddresses>;

// Resolves a host and a port for TCP as getaddrinfo() does, and returns its error; 0 is success.
// `flags` are those of getaddrinfo(). "localhost" is 127.0.0.1 where nothing says what it is, as in
// small containers without /etc/hosts (RFC 6761, 6.3).
int resolve(const std::string& host, const std::string& port, int flags, HostAddresses& found);

}  // namespace syncmanager

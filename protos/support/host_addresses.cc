#include "protos/support/host_addresses.h"

namespace syncmanager {

int resolve(const std::string& host, const std::string& port, int flags, HostAddresses& found) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = flags;
  addrinfo* first = nullptr;
  int error = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &first);
  if (error != 0 && host == "localhost") {
    error = ::getaddrinfo("127.0.0.1", port.c_str(), &wanted, &first);
  }
  found.reset(first);
  return error;
}

}  // namespace syncmanager

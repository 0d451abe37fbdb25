#include "client/cpp/src/inherited_sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace syncmanager {
namespace {

template <class Address>
const Address& as(const sockaddr_storage& address) {
  return reinterpret_cast<const Address&>(address);
}

std::string host_of(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(family, address, text.data(), text.size()) == nullptr ? "" : text.data();
}

// Empty if it isn't connected, or no socket.
std::string peer_of(int descriptor) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
  switch (peer.ss_family) {
    case AF_UNIX:
      return std::string("unix:") + as<sockaddr_un>(peer).sun_path;
    case AF_INET: {
      const auto& address = as<sockaddr_in>(peer);
      return "ipv4:" + host_of(AF_INET, &address.sin_addr) + ":" +
             std::to_string(ntohs(address.sin_port));
    }
    case AF_INET6: {
      const auto& address = as<sockaddr_in6>(peer);
      if (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr)) {  // What gRPC connects by to such a one, too.
        return "ipv4:" + host_of(AF_INET, &address.sin6_addr.s6_addr[12]) + ":" +
               std::to_string(ntohs(address.sin6_port));
      }
      return "ipv6:%5B" + host_of(AF_INET6, &address.sin6_addr) +
             "%5D:" + std::to_string(ntohs(address.sin6_port));
    }
    default:
      return {};
  }
}

}  // namespace

void leave_inherited_sockets(const std::set<std::string>& peers) {
  std::vector<int> sockets;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", ignored)) {
    const int descriptor = std::atoi(entry.path().filename().c_str());
    if (peers.contains(peer_of(descriptor))) sockets.push_back(descriptor);
  }
  if (sockets.empty()) return;
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int descriptor : sockets) ::dup3(nowhere, descriptor, O_CLOEXEC);
  ::close(nowhere);
}

}  // namespace syncmanager

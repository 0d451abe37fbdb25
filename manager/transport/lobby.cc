#include "manager/transport/lobby.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "protos/str_cat.h"

namespace syncmanager {
namespace {

constexpr std::string_view kUnix = "unix:";

// One end of a connection, in the words of gRPC and in those of Admission.
struct Origin {
  std::string name;
  std::string source;
};

std::string to_text(int family, const void* address) {
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(family, address, text, sizeof(text));
  return text;
}

Origin origin_of(const sockaddr_in& peer) {
  const std::string host = to_text(AF_INET, &peer.sin_addr);
  return {str_cat("ipv4:", host, ":", ntohs(peer.sin_port)), host};
}

Origin origin_of(const sockaddr_in6& peer) {
  if (IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr)) {
    sockaddr_in v4{.sin_family = AF_INET, .sin_port = peer.sin6_port};
    std::memcpy(&v4.sin_addr, &peer.sin6_addr.s6_addr[12], sizeof(v4.sin_addr));
    return origin_of(v4);
  }
  const std::string host = to_text(AF_INET6, &peer.sin6_addr);
  const std::string scope = peer.sin6_scope_id == 0 ? "" : str_cat("%", peer.sin6_scope_id);
  in6_addr network = peer.sin6_addr;
  std::fill(std::begin(network.s6_addr) + 8, std::end(network.s6_addr), uint8_t{0});
  return {str_cat("ipv6:[", host, scope, "]:", ntohs(peer.sin6_port)),
          str_cat(to_text(AF_INET6, &network), scope, "/64")};
}

Origin origin_of(int socket) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) peer.ss_family = 0;
  switch (peer.ss_family) {
    case AF_INET:
      return origin_of(reinterpret_cast<const sockaddr_in&>(peer));
    case AF_INET6:
      return origin_of(reinterpret_cast<const sockaddr_in6&>(peer));
    case AF_UNIX:
      return {std::string(kUnix), ""};
  }
  // Gone already, so that its address can't be had: it is nobody's, and will be swept.
  return {"", "unknown"};
}

// Undoes the escapes of a URI (RFC 3986, 2.1), which gRPC writes brackets and scopes with.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const bool escape = text[i] == '%' && i + 2 < text.size();
    const char* end = text.data() + i + 3;
    if (escape && std::from_chars(text.data() + i + 1, end, value, 16).ptr == end) {
      plain += static_cast<char>(value);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::string name_of(std::string_view peer) {
  return peer.starts_with(kUnix) ? std::string(kUnix) : unescaped(peer);
}

// On TCP; 0 if the kernel doesn't tell.
uint64_t received_bytes(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return info.tcpi_bytes_received;
}

}  // namespace

Lobby::~Lobby() {
  for (const auto& [until, visitor] : visitors_) ::close(visitor.duplicate);
}

Lobby::Verdict Lobby::admit(int socket, uint32_t draw, Instant now) {
  // First, so that who has left doesn't count.
  look(now);
  Origin origin = origin_of(socket);
  const Verdict verdict = admission_.admit(origin.source, draw, now);
  if (verdict != Verdict::kAdmitted) return verdict;
  const int duplicate = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) {
    admission_.closed(origin.source);
    return Verdict::kTooMany;
  }
  const std::lock_guard lock(mutex_);
  visitors_.emplace(now + kPatience,
                    Visitor{std::move(origin.name), std::move(origin.source), duplicate});
  return verdict;
}

void Lobby::authenticated(std::string_view peer, Instant now) {
  std::string source;
  {
    const std::lock_guard lock(mutex_);
    const auto found = find(name_of(peer));
    if (found == visitors_.end()) return;
    source = found->second.source;
    ::close(found->second.duplicate);
    visitors_.erase(found);
  }
  admission_.authenticated(source, now);
}

void Lobby::failed(std::string_view peer, Instant now) {
  std::string source;
  {
    const std::lock_guard lock(mutex_);
    const auto found = find(name_of(peer));
    if (found == visitors_.end()) return;
    source = found->second.source;
  }
  admission_.failed(source, now);
}

Lobby::Swept Lobby::sweep(Instant now) {
  look(now);
  const std::lock_guard lock(mutex_);
  return std::exchange(swept_, {});
}

void Lobby::look(Instant now) {
  std::vector<std::string> left;
  {
    const std::lock_guard lock(mutex_);
    looked_ = now;
    std::vector<pollfd> watched;
    for (const auto& [until, visitor] : visitors_) {
      watched.push_back({visitor.duplicate, POLLRDHUP, 0});
    }
    ::poll(watched.data(), watched.size(), 0);
    size_t i = 0;
    for (auto each = visitors_.begin(); each != visitors_.end(); ++i) {
      const Visitor& visitor = each->second;
      const bool is_unix = visitor.name == kUnix;
      const bool closed = watched[i].revents != 0;
      const bool late = each->first <= now;
      const bool greedy = !is_unix && received_bytes(visitor.duplicate) > kReceivedBytes;
      if (!closed && !late && !greedy) {
        ++each;
        continue;
      }
      if (!is_unix) {
        // Half closed too: nobody who proves a key has stopped sending, and it mustn't stay
        // without being counted.
        ::shutdown(visitor.duplicate, SHUT_RDWR);
        ++(greedy ? swept_.greedy : closed ? swept_.left : swept_.late);
      }
      ::close(visitor.duplicate);
      left.push_back(visitor.source);
      each = visitors_.erase(each);
    }
  }
  for (const std::string& source : left) admission_.closed(source);
}

Lobby::Instant Lobby::next_sweep() const {
  const std::lock_guard lock(mutex_);
  if (visitors_.empty()) return Instant::max();
  return std::min(visitors_.begin()->first, looked_ + kLook);
}

// Whoever has waited longest under that name. On TCP there is one at most: a second connection of
// the same address and port goes to another listener, and a proof is only good for one.
Lobby::Visitors::iterator Lobby::find(std::string_view name) {
  return std::find_if(visitors_.begin(), visitors_.end(),
                      [name](const auto& entry) { return entry.second.name == name; });
}

}  // namespace syncmanager

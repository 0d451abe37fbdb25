#include "client/cpp/src/stream/dial.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <syncmanager/error.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <thread>

#include "protos/auth/key_file.h"
#include "protos/support/host_addresses.h"
#include "protos/support/str_cat.h"

namespace syncmanager {
namespace {

using Clock = Patience::Clock;
using std::chrono::milliseconds;

// The pause before a unix socket whose backlog is full is asked again.
constexpr milliseconds kPause{2};

class ResolverCategory : public std::error_category {
 public:
  const char* name() const noexcept override { return "getaddrinfo"; }
  std::string message(int error) const override { return ::gai_strerror(error); }
};

// Returns 0, or the errno.
int await_connected(int socket, const Patience& patience) {
  if (const int error = await_ready(socket, POLLOUT, patience)) return error;
  int failure = 0;
  socklen_t size = sizeof(failure);
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &failure, &size) != 0) return errno;
  return failure;
}

using Socket = std::unique_ptr<OwnDescriptor>;

// Returns the connected socket; or none, and the errno in `failure`.
Socket try_address(const sockaddr* address, socklen_t size, const Patience& patience,
                   int& failure) {
  constexpr int kType = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  failure = 0;
  auto socket = std::make_unique<OwnDescriptor>([&] {
    const int made = ::socket(address->sa_family, kType, 0);
    if (made < 0) failure = errno;
    return made;
  });
  if (failure != 0) return nullptr;
  if (::connect(socket->get(), address, size) != 0) failure = errno;
  if (failure == EINPROGRESS) failure = await_connected(socket->get(), patience);
  return failure == 0 ? std::move(socket) : nullptr;
}

std::string how_to_start(const Target& target) {
  if (target.path == default_socket_path()) return "start one with `syncmanagerd`";
  const bool is_v6 = target.host.find(':') != std::string::npos;
  const std::string address = target.is_local() ? str_cat("unix:", target.path)
                                                : str_cat("tcp://", is_v6 ? "[" : "", target.host,
                                                          is_v6 ? "]:" : ":", target.port);
  return str_cat("start one with `syncmanagerd --listen=", address, "`");
}

std::string why_refused(const Target& target) {
  struct stat there {};
  if (!target.is_local()) {
    return str_cat("no manager listens there; check the address, or ", how_to_start(target));
  }
  if (::stat(target.path.c_str(), &there) == 0 && !S_ISSOCK(there.st_mode)) {
    return "there is a file that is no socket; check the path";
  }
  return str_cat("the manager that made this socket has ended; ", how_to_start(target),
                 ", which replaces the socket");
}

std::string why_forbidden(const Target& target) {
  struct stat there {};
  if (!target.is_local() || ::stat(target.path.c_str(), &there) != 0) {
    return "the system doesn't allow this process to connect";
  }
  return str_cat("the socket belongs to user ", there.st_uid,
                 ", and other users may not connect to it; use an address of TCP");
}

// Describes the failure and the remedy.
std::string explain(const Target& target, int failure) {
  switch (failure) {
    case ECONNREFUSED:
      return why_refused(target);
    case ENOENT:
      return str_cat("no manager is running there; check the path, or ", how_to_start(target));
    case EACCES:
      return why_forbidden(target);
    case ENAMETOOLONG:
      return str_cat("the path has ", target.path.size(), " bytes, and the system takes ",
                     sizeof(sockaddr_un::sun_path) - 1, "; use a shorter path");
    case ETIMEDOUT:
      return "nothing answered in time; check the host, the port and the firewalls between";
    default:
      return "check the address and the network";
  }
}

[[noreturn]] void fail(const Target& target, const std::string& where, int failure) {
  const std::error_code code(failure, std::generic_category());
  throw ConnectFailed(str_cat(where, ": ", code.message(), ": ", explain(target, failure)), code);
}

Socket dial_unix(const Target& target, const std::string& where, const Patience& patience) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (target.path.size() >= sizeof(name.sun_path)) fail(target, where, ENAMETOOLONG);
  target.path.copy(name.sun_path, sizeof(name.sun_path) - 1);
  while (true) {
    int failure = 0;
    Socket socket =
        try_address(reinterpret_cast<sockaddr*>(&name), sizeof(name), patience, failure);
    if (socket != nullptr) return socket;
    if (failure != EAGAIN) fail(target, where, failure);
    if (patience.is_over()) fail(target, where, ETIMEDOUT);
    std::this_thread::sleep_until(std::min(patience.next(), Clock::now() + kPause));
  }
}

HostAddresses addresses_of(const Target& target, const std::string& where) {
  HostAddresses found;
  const int error = resolve(target.host, target.port, 0, found);
  if (error == 0) return found;
  const std::error_code code(error, resolver_category());
  throw ConnectFailed(str_cat(where, ": the host \"", target.host, "\" can't be resolved: ",
                              code.message(), "; check the name, or use an IP address"),
                      code);
}

// A name may have several addresses, such as ::1 and 127.0.0.1 of localhost: each gets its share of
// the time that is left.
Socket dial_tcp(const Target& target, const std::string& where, const Patience& patience) {
  const HostAddresses addresses = addresses_of(target, where);
  int left = 0;
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) ++left;
  int failure = 0;
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next, --left) {
    const Clock::time_point now = Clock::now();
    const Patience share{now + (patience.deadline - now) / left, patience.meanwhile};
    int latest = 0;
    Socket socket = try_address(each->ai_addr, each->ai_addrlen, share, latest);
    if (socket == nullptr) {
      // That one address can't be reached says less than that another one refuses.
      if (failure != ECONNREFUSED) failure = latest;
      continue;
    }
    const int on = 1;
    ::setsockopt(socket->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return socket;
  }
  fail(target, where, failure);
}

}  // namespace

const std::error_category& resolver_category() {
  static const ResolverCategory category;
  return category;
}

std::unique_ptr<OwnDescriptor> dial(const Target& target, const std::string& where,
                                    const Patience& patience) {
  return target.is_local() ? dial_unix(target, where, patience) : dial_tcp(target, where, patience);
}

}  // namespace syncmanager

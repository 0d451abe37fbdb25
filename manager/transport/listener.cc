#include "manager/transport/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "protos/support/host_addresses.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

constexpr int kBacklog = 1024;
constexpr int kSocketFlags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

absl::Status failed(const Address& address, std::string_view what) {
  return absl::UnavailableError(
      str_cat("can't listen on ", address.to_string(), ": ", what, ": ", std::strerror(errno)));
}

absl::Status taken(const Address& address) {
  return absl::AlreadyExistsError(
      str_cat("can't listen on ", address.to_string(), ": another program listens there"));
}

std::string lock_path_of(const Address& address) { return address.path + ".lock"; }

// Whether the open file is the one that has this name now.
bool is_file_at(int file, const std::string& path) {
  struct stat opened {
  }, there{};
  return ::fstat(file, &opened) == 0 && ::lstat(path.c_str(), &there) == 0 &&
         opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

// The port that the system chose.
uint16_t real_port(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port
                                           : reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::open(const Address& address) {
  std::unique_ptr<Listener> listener(new Listener(address));
  const absl::Status status = address.is_unix ? listener->open_unix() : listener->open_tcp();
  if (!status.ok()) return status;
  return listener;
}

Listener::~Listener() {
  // The path may be another program's by now, one that takes no locks.
  struct stat there {};
  if (inode_ != 0 && ::lstat(address_.path.c_str(), &there) == 0 && there.st_dev == device_ &&
      there.st_ino == inode_) {
    ::unlink(address_.path.c_str());
  }
  // Under the lock, and before it is given up: see lock().
  const std::string lock_path = lock_path_of(address_);
  if (lock_ && is_file_at(lock_.get(), lock_path)) ::unlink(lock_path.c_str());
}

// The last holder removes the file. So the file that was opened here may not be the one that the
// next process will open by this name, and only the lock on that one counts.
absl::Status Listener::lock(const std::string& path) {
  do {
    lock_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!lock_) return failed(address_, str_cat("its lock file ", path));
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
      const bool held = errno == EWOULDBLOCK;
      const absl::Status status = held ? taken(address_) : failed(address_, "its lock");
      lock_.reset();
      return status;
    }
  } while (!is_file_at(lock_.get(), path));
  return absl::OkStatus();
}

absl::Status Listener::open_unix() {
  if (absl::Status status = lock(lock_path_of(address_)); !status.ok()) return status;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  address_.path.copy(name.sun_path, sizeof(name.sun_path) - 1);

  struct stat there {};
  if (::lstat(address_.path.c_str(), &there) == 0) {
    if (!S_ISSOCK(there.st_mode)) {
      return absl::InvalidArgumentError(
          str_cat("can't listen on ", address_.to_string(), ": there is a file that is no socket"));
    }
    // The lock is ours, but a program that takes no locks may live there.
    const FileDescriptor probe(::socket(AF_UNIX, kSocketFlags, 0));
    if (::connect(probe.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0 ||
        errno == EAGAIN) {
      return taken(address_);
    }
    if (::unlink(address_.path.c_str()) != 0) return failed(address_, "the stale socket there");
  }
  socket_.reset(::socket(AF_UNIX, kSocketFlags, 0));
  if (!socket_) return failed(address_, "socket");
  // The mode of the socket is right from the moment it has a name.
  const mode_t mask = ::umask(0177);
  const int result = ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name));
  ::umask(mask);
  if (result != 0) return errno == EADDRINUSE ? taken(address_) : failed(address_, "bind");
  if (::lstat(address_.path.c_str(), &there) == 0) {
    device_ = there.st_dev;
    inode_ = there.st_ino;
  }
  if (::listen(socket_.get(), kBacklog) != 0) return failed(address_, "listen");
  return absl::OkStatus();
}

absl::Status Listener::open_tcp() {
  HostAddresses addresses;
  const std::string port = std::to_string(address_.port);
  if (const int error = resolve(address_.host, port, AI_PASSIVE, addresses)) {
    return absl::InvalidArgumentError(
        str_cat("can't listen on ", address_.to_string(), ": ", ::gai_strerror(error)));
  }
  absl::Status status;
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
    socket_.reset(::socket(each->ai_family, kSocketFlags, 0));
    if (!socket_) {
      status = failed(address_, "socket");
      continue;
    }
    // So that a manager can start again at once. SO_REUSEPORT stays off: two managers on one
    // port would share its clients between them.
    const int on = 1;
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (::bind(socket_.get(), each->ai_addr, each->ai_addrlen) == 0 &&
        ::listen(socket_.get(), kBacklog) == 0) {
      address_.port = real_port(socket_.get());
      return absl::OkStatus();
    }
    status = errno == EADDRINUSE ? taken(address_) : failed(address_, "bind");
  }
  socket_.reset();
  return status;
}

}  // namespace syncmanager::manager

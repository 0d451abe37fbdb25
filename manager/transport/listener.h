#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "manager/transport/address.h"
#include "manager/transport/file_descriptor.h"

namespace syncmanager::manager {

// One bound, listening socket of our own, non-blocking and closed on exec. gRPC's listener isn't
// used: one EMFILE makes it deaf for ever, and it takes a port or socket that somebody else serves.
//
// A unix socket has mode 0600 and belongs to the process that holds the flock on `<path>.lock`
// beside it: a live socket is never replaced, a stale one only under the lock. One thread at a
// time.
class Listener {
 public:
  // UNAVAILABLE, naming the address, if somebody else listens there; the other is untouched.
  // INVALID_ARGUMENT if the host has no address, or the path is something else than a socket.
  static absl::StatusOr<std::unique_ptr<Listener>> open(const Address& address);
  // Closes the socket, so that clients are refused from then on. Removes the unix socket and its
  // lock file, if they are still this one's.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int descriptor() const { return socket_.get(); }
  // With the real port.
  const Address& address() const { return address_; }

 private:
  explicit Listener(Address address) : address_(std::move(address)) {}
  absl::Status open_unix();
  absl::Status lock(const std::string& path);
  absl::Status open_tcp();

  Address address_;
  FileDescriptor lock_;
  FileDescriptor socket_;
  // Identify the socket that was bound at the path; zero as long as there is none.
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace syncmanager::manager

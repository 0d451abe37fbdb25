#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "manager/core/time.h"
#include "manager/transport/address.h"
#include "manager/transport/file_descriptor.h"
#include "manager/transport/peer.h"
#include "protos/auth/tls_credentials.h"

namespace syncmanager::manager {

// The program beside the manager where stock gRPC clients come in (manager/gateway), as its child
// process. It hands over a connection for each client, and is told nothing: it has no key, and no
// environment. If it ends, it is started again after a moment. One thread at a time.
class Gateway {
 public:
  using HandOver = std::function<void(FileDescriptor, Peer)>;

  // Starts it and waits until it listens at `address`, a TCP address or a unix socket. UNAVAILABLE,
  // with the reason, if it doesn't. With certificates it serves TLS alone, and needs them of its
  // clients too.
  static absl::StatusOr<std::unique_ptr<Gateway>> start(const Address& address,
                                                        CertificateFiles certificates);
  // Ends it.
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Where it listens: "127.0.0.1:7001", "unix:/path".
  const std::string& address() const { return address_; }
  // Readable when a client has come, or it has ended; -1 while it isn't there.
  int descriptor() const { return channel_.get(); }
  // Hands over some of those that have come. Returns false if the gateway has ended.
  bool receive(Time now, const HandOver& hand_over);
  // Tells its health service that the manager is about to end.
  void say_draining();
  // When to call on_time(), which starts it again. Returns whether it did.
  Time deadline() const { return restart_; }
  bool on_time(Time now);

 private:
  Gateway(std::string address, CertificateFiles certificates)
      : address_(std::move(address)), certificates_(std::move(certificates)) {}
  absl::Status spawn();
  absl::Status await_address();
  void reap();

  std::string address_;
  const CertificateFiles certificates_;
  FileDescriptor channel_;
  pid_t process_ = 0;
  Time restart_ = kNever;
};

}  // namespace syncmanager::manager

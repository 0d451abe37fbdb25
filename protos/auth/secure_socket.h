#pragma once

#include <sys/types.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "protos/auth/tls_credentials.h"

namespace syncmanager {

// The bytes of a connection on a socket that doesn't block: as they are, or through TLS. The
// descriptor stays its owner's. One thread at a time in shake_hands(); then one in receive() and
// one in send(), at the same time if need be.
class SecureSocket {
 public:
  // Without credentials there is no TLS; else it begins with shake_hands(). For a client with
  // certificates, `host` is the host name or IP address that the manager's certificate must name.
  explicit SecureSocket(int descriptor, std::shared_ptr<const TlsCredentials> credentials = nullptr,
                        const std::string& host = {});
  SecureSocket(SecureSocket&&) noexcept;
  SecureSocket& operator=(SecureSocket&&) noexcept;
  ~SecureSocket();

  enum class Handshake {
    kDone,
    kMustRead,    // Call it again when the descriptor is readable,
    kMustWrite,   // or writable.
    kWrongProof,  // One side doesn't accept the other's key or certificate: see error().
    kFailed,      // The peer doesn't speak TLS, or another one: see error().
    kEnded,       // The connection has ended.
  };
  // Goes on with the handshake. Without TLS it is done.
  Handshake shake_hands();

  // As recv(2) and send(2), without waiting. receive() may return 0 bytes for the end of the
  // connection only. The errno is EPROTO when TLS is broken, and EACCES when the peer doesn't
  // accept this side's proof: see error().
  ssize_t receive(std::span<char> room);
  ssize_t send(std::string_view bytes);
  // Whether more has been received than the last receive() had room for, of which the descriptor
  // knows nothing.
  bool has_more() const;

  // How many bytes of TLS have come.
  uint64_t received() const;
  bool is_secure() const { return tls_ != nullptr; }
  // Whether TLS is by certificates.
  bool has_certificates() const;
  // The bytes that bind a proof to this connection: tls-exporter of RFC 9266. Empty without TLS.
  std::string channel_binding() const;
  // Why TLS failed, for people; empty if it didn't.
  std::string error() const;
  int descriptor() const { return descriptor_; }

 private:
  struct Tls;

  int descriptor_;
  std::unique_ptr<Tls> tls_;
};

}  // namespace syncmanager

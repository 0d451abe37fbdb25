#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protos/auth/handshake.h"
#include "protos/auth/key_file.h"
#include "protos/gate.h"

namespace syncmanager {

// A connection to a manager before HTTP/2, which says whatever a test likes: made of a socket and
// the handshake's functions, without the client library. Every wait is bounded: a manager that says
// nothing for ten seconds counts as a connection that ended.
class RawGate {
 public:
  // "unix:/path" or "127.0.0.1:7000". Throws std::runtime_error if nobody listens there.
  explicit RawGate(const std::string& target);
  ~RawGate();
  RawGate(const RawGate&) = delete;
  RawGate& operator=(const RawGate&) = delete;

  // False if the connection has ended.
  bool send_bytes(std::string_view bytes);
  bool send(std::string_view message) { return send_bytes(gate_message(message)); }
  // The next message of the handshake; nothing if the connection has ended or the manager refused,
  // which error() says then.
  std::optional<std::string> receive();
  // Whether the manager has closed the connection; waits for it.
  bool await_end();

  // The whole handshake. False, and error() says why, if the manager refused.
  bool pass(const FileKey& key, ClientHandshake::Policy policy);
  const wire::HandshakeError& error() const { return error_; }
  // REQUIRES: passed.
  const Agreement& agreement() const { return agreement_; }
  // The socket, which is the caller's from now on.
  int release();

 private:
  int socket_;
  wire::HandshakeError error_;
  Agreement agreement_;
};

}  // namespace syncmanager

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "client/cpp/src/stream/patience.h"
#include "protos/auth/handshake.h"
#include "protos/auth/secure_socket.h"

namespace syncmanager {

// The identity of a client, and of the manager that it wants.
struct Identity {
  std::string key_id;
  std::shared_ptr<const AuthKeys> keys;
  std::string name;                           // For the manager's logs.
  std::string server_id;                      // If not empty, the only manager that will do.
  bool must_protect = false;                  // On TCP: by TLS, or else by tags.
  std::shared_ptr<const TlsCredentials> tls;  // Null: without.
  std::chrono::milliseconds session_timeout{};
};

// The session that a new connection resumes.
struct ResumedSession {
  std::string id;
  uint64_t received = 0;  // The number of its replies and notices that have arrived.
  std::shared_ptr<const SessionKeys> keys;
};

// Proves both sides to each other on a new connection, by TLS if the socket has it and by the
// handshake (protos/gate.h); afterwards it is HTTP/2.
// With a session to resume the agreement says whether the manager still had it. Throws
// Disconnected, AuthenticationFailed, InvalidArgument (a name or an offer that the manager can't
// take), LimitExceeded or Draining, with `where` in the message. Throws ConnectFailed if the
// connection ends, or if the patience is over before.
Agreement pass_gate(SecureSocket& socket, const Identity& identity, const std::string& where,
                    const Patience& patience, const ResumedSession* session);

}  // namespace syncmanager

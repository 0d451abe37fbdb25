#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "client/cpp/src/patience.h"
#include "protos/handshake.h"

namespace syncmanager {

// Who connects, and to whom.
struct Identity {
  std::string key_id;
  std::shared_ptr<const AuthKeys> keys;
  std::string name;           // For the manager's logs.
  std::string server_id;      // If not empty, the only manager that will do.
  bool must_protect = false;  // On plaintext TCP.
  std::chrono::milliseconds session_timeout{};
};

// The session that a stream is to go on with.
struct ResumedSession {
  std::string id;
  uint64_t received = 0;  // The replies and notices of it that have arrived.
  std::shared_ptr<const SessionKeys> keys;
};

// Proves both sides to each other on a new connection (protos/gate.h); afterwards it is HTTP/2.
// With a session to resume the agreement says whether the manager still had it. Throws
// Disconnected, AuthenticationFailed, InvalidArgument (a name or an offer that the manager can't
// take), LimitExceeded or Draining, with `where` in the message. Throws ConnectFailed if the
// connection ends, or if the patience is over before.
Agreement pass_gate(int socket, const Identity& identity, const std::string& where,
                    const Patience& patience, const ResumedSession* session);

}  // namespace syncmanager

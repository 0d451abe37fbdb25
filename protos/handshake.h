#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "protos/handshake_messages.h"
#include "protos/key_schedule.h"

namespace syncmanager {

// The handshake as two state machines over bytes; neither knows a socket. The client proves first,
// and the manager says nothing that depends on the key before it has.
//
//   client                       message          manager
//   hello()                  --- client_hello -->  on_client_hello()
//   on_server_hello()       <--- server_hello ---
//                            --- client_auth --->  on_client_auth(), accept()
//   on_server_auth()        <--- server_auth ----
//
// Any step may fail: INVALID_ARGUMENT (the peer broke the protocol) or UNAUTHENTICATED, whose text
// is always the same. A failed handshake is over. One of these serves one stream; one thread at a
// time.

// `size` bytes nobody can guess; throws std::runtime_error if the machine has none.
std::string random_bytes(size_t size);
using Random = std::function<std::string(size_t)>;

// What a handshake came to, the same at both ends.
struct Agreement {
  std::string session_id;
  std::string key_id;
  std::string client_name;
  uint8_t role = 0;
  std::string prefix;
  ResumeResult resume = ResumeResult::kNew;
  Protection protection = Protection::kNone;
  uint32_t max_frame = 0;
  uint32_t heartbeat_ms = 0;
  uint32_t session_timeout_ms = 0;
  std::string server_id;
  std::string boot_id;
  std::shared_ptr<const SessionKeys> keys;
};

class ClientHandshake {
 public:
  struct Policy {
    std::string key_id;
    std::string name;              // For the manager's logs.
    bool must_protect = false;     // On plaintext TCP: refuses a manager that chose no tags.
    std::string server_id;         // If not empty, the only manager it talks to.
    std::string certificate_hash;  // SHA-256 of the manager's certificate: binds to it.
    uint32_t max_frame = 4 << 20;
    uint32_t session_timeout_ms = 10'000;
  };

  // REQUIRES: `keys` outlives it.
  ClientHandshake(const AuthKeys& keys, Policy policy, Random random = random_bytes);

  std::string hello();
  absl::StatusOr<std::string> on_server_hello(std::string_view bytes);
  absl::StatusOr<Agreement> on_server_auth(std::string_view bytes);

 private:
  const AuthKeys& keys_;
  const Policy policy_;
  ClientHello hello_;
  std::string hello_bytes_, auth_bytes_, transcript_;
  ServerHello server_hello_;
};

class ServerHandshake {
 public:
  // A key the manager knows: what it is for, and its derived keys.
  struct Key {
    uint8_t role = 0;
    std::string prefix;
    std::shared_ptr<const AuthKeys> keys;
  };
  struct Policy {
    std::string server_id;
    std::string boot_id;
    bool must_protect = false;  // On plaintext TCP.
    std::string certificate_hash;
    uint32_t max_frame = 4 << 20;
    uint32_t heartbeat_ms = 3'000;
    uint32_t session_timeout_ms = 10'000;  // At most; a client may want less, one second at least.
    // The key of that id, nothing if it is unknown, expired or revoked.
    std::function<std::optional<Key>(std::string_view key_id)> find_key;
    // Answers for unknown ids, so that these look like a wrong key.
    std::shared_ptr<const AuthKeys> nobody;
  };

  ServerHandshake(Policy policy, Random random = random_bytes);

  absl::StatusOr<std::string> on_client_hello(std::string_view bytes);
  // OK: the client has proved its key. The session may be opened now, and then accepted.
  absl::Status on_client_auth(std::string_view bytes);
  // The manager's last message and what was agreed. REQUIRES: on_client_auth() was OK.
  std::string accept();
  const Agreement& agreement() const { return agreement_; }

 private:
  const Policy policy_;
  const Random random_;
  std::optional<Key> key_;
  std::string client_hello_, transcript_, client_auth_;
  Agreement agreement_;
};

}  // namespace syncmanager

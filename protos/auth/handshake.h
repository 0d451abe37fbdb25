#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "protos/auth/handshake_messages.h"
#include "protos/auth/key_schedule.h"

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
// is always the same. A failed handshake is over: its caller ends the stream. One of these
// serves one stream; one thread at a time.
//
// A client resumes a session by naming it in its hello and proving, beside the key, that it has the
// session's resume key. The new stream has keys of its own, those of the old one are void.

// `size` bytes nobody can guess; throws std::runtime_error if the machine has none.
std::string random_bytes(size_t size);
using Random = std::function<std::string(size_t)>;

// The result of a handshake, the same at both ends.
struct Agreement {
  std::string session_id;
  std::string key_id;
  std::string client_name;
  uint8_t role = 0;
  std::string prefix;
  ResumeResult resume = ResumeResult::kNew;
  uint64_t received = 0;  // When resumed: the replies and notices that the client has.
  Protection protection = Protection::kNone;
  uint32_t max_frame = 0;
  uint64_t request_bytes = 0;  // The largest request that the manager takes, if it says so.
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
    std::string name;             // For the manager's logs.
    bool must_protect = false;    // On plaintext TCP: refuses a manager that chose no tags.
    std::string server_id;        // If not empty, the only manager it talks to.
    std::string channel_binding;  // Of TLS (SecureSocket); empty without it.
    uint32_t max_frame = 4 << 20;
    uint32_t session_timeout_ms = 10'000;
    // The session to resume and its keys; both or neither.
    std::optional<Resume> resume;
    std::shared_ptr<const SessionKeys> resume_keys;
  };

  // REQUIRES: `keys` outlives it.
  ClientHandshake(const AuthKeys& keys, Policy policy, Random random = random_bytes);

  // The client's first message.
  std::string hello();
  // Its second: the proof. Refuses a manager that chose what wasn't offered, or isn't the one
  // meant.
  absl::StatusOr<std::string> on_server_hello(std::string_view bytes);
  // The agreement, once the manager has proved the key too.
  absl::StatusOr<Agreement> on_server_auth(std::string_view bytes);

 private:
  Agreement agreed(const ServerAuth& auth, std::string_view th2) const;

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
    std::string channel_binding;
    uint32_t max_frame = 4 << 20;
    uint64_t request_bytes = 0;  // The largest request that is taken.
    uint32_t heartbeat_ms = 3'000;
    uint32_t session_timeout_ms = 10'000;  // At most; a client may want less, one second at least.
    // The key of that id, nothing if it is unknown, expired or revoked.
    std::function<std::optional<Key>(std::string_view key_id)> find_key;
    // Answers for unknown ids, so that these look like a wrong key: random, one for each start.
    // Null: one for each handshake, which costs more.
    std::shared_ptr<const AuthKeys> nobody;
    // The keys of a session that may be resumed with that key, none if there is no such session;
    // any of them will do, as a client may not have heard of the newest. Without this function
    // every session is unknown.
    std::function<std::vector<std::shared_ptr<const SessionKeys>>(std::string_view session_id,
                                                                  std::string_view key_id)>
        find_session;
  };

  ServerHandshake(Policy policy, Random random = random_bytes);

  // The manager's first message, which says nothing about whether the key is known.
  absl::StatusOr<std::string> on_client_hello(std::string_view bytes);
  // OK: the client has proved its key. The session may be opened now, and then accepted.
  absl::Status on_client_auth(std::string_view bytes);
  // The manager's last message; agreement() is complete from here on. REQUIRES: on_client_auth()
  // was OK.
  std::string accept();
  const Agreement& agreement() const { return agreement_; }

 private:
  absl::Status resume(const ClientAuth& auth);

  const Policy policy_;
  const Random random_;
  std::optional<Key> key_;
  std::optional<Resume> wanted_;
  Extensions answers_;
  std::string transcript_, client_auth_;
  Agreement agreement_;
};

}  // namespace syncmanager

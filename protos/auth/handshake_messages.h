#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace syncmanager {

// The messages of the handshake `smgr/1`. Each is a sequence of fields `u8 tag, u32be length,
// bytes`: ascending tags, each exactly once, nothing behind the last, at most 1024 bytes. parse()
// refuses everything else with INVALID_ARGUMENT, naming the field. The bytes are hashed as they
// travelled, so encode() and parse() are each other's inverses.

inline constexpr size_t kHandshakeBytes = 1024;
inline constexpr size_t kNonceBytes = 32;
inline constexpr size_t kMacBytes = 32;
inline constexpr size_t kIdBytes = 16;
inline constexpr uint16_t kProtocolVersion = 1;

// How frames are protected after the handshake.
enum class Protection : uint8_t {
  kNone = 0,
  kTag = 1,   // HMAC-SHA-256, the first 16 bytes.
  kSeal = 2,  // AES-256-GCM: has a number and isn't offered yet.
};

// The thing that the transcript is bound to.
enum class Binding : uint8_t { kNone = 0, kTlsExporter = 1 };

struct Resume {
  std::string session_id;  // 16 bytes.
  uint64_t received = 0;   // How many replies and notices have arrived.
  bool operator==(const Resume&) const = default;
};

// Optional questions of a client, by kind, and the manager's answers. The manager doesn't answer a
// kind that it doesn't know or refuses. A client ignores answers of kinds that it doesn't know.
using Extensions = std::map<uint16_t, std::string>;
// Asked with no bytes. Answered with a u64be: the largest request that the manager takes, in bytes.
inline constexpr uint16_t kLargestRequest = 1;
// Encodes a number as an answer, a u64be, and decodes it. Nothing if there is no such answer.
std::string extension_of(uint64_t number);
std::optional<uint64_t> number_in(const Extensions& extensions, uint16_t kind);

struct ClientHello {
  uint16_t version_min = kProtocolVersion;
  uint16_t version_max = kProtocolVersion;
  std::string key_id;   // 1-64 of A-Z a-z 0-9 . _ -
  std::string nonce;    // 32 random bytes.
  std::string offered;  // 1-8 protections, best first.
  Binding binding = Binding::kNone;
  std::string name;  // Up to 128 bytes, for logs only.
  std::optional<Resume> resume;
  uint32_t max_frame = 0;  // Bytes.
  uint32_t session_timeout_ms = 0;
  Extensions extensions;  // Up to 256 bytes, encoded.

  std::string encode() const;
  static absl::StatusOr<ClientHello> parse(std::string_view bytes);
};

struct ServerHello {
  uint16_t version = kProtocolVersion;
  std::string server_id;  // 1-64 bytes.
  std::string boot_id;    // 16 bytes, new with each start.
  std::string nonce;
  Protection protection = Protection::kNone;
  Binding binding = Binding::kNone;
  uint32_t max_frame = 0;
  uint32_t heartbeat_ms = 0;
  uint32_t session_timeout_ms = 0;

  std::string encode() const;
  static absl::StatusOr<ServerHello> parse(std::string_view bytes);
};

// The client's proof, and that of the session it wants to resume.
struct ClientAuth {
  std::string mac;           // 32 bytes.
  std::string resume_proof;  // 32 bytes, or none.

  std::string encode() const { return mac + resume_proof; }
  static absl::StatusOr<ClientAuth> parse(std::string_view bytes);
};

enum class ResumeResult : uint8_t { kNew = 0, kResumed = 1, kUnknown = 2 };

// The manager's last word; its proof stands behind the fields.
struct ServerAuth {
  std::string session_id;  // 16 bytes.
  uint8_t role = 0;        // 1 read-only, 2 read-write, 3 admin, 4 produce, 5 consume.
  std::string prefix;      // Up to 255 bytes; empty: all names.
  ResumeResult resume = ResumeResult::kNew;
  Extensions extensions;  // Up to 512 bytes, encoded.

  std::string encode() const;  // The fields, without the proof.
  static absl::StatusOr<ServerAuth> parse(std::string_view bytes);
};

}  // namespace syncmanager

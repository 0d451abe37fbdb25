#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace syncmanager::manager {

// Where a manager listens: a unix socket, or a TCP host and port.
struct Address {
  // Who may connect without TLS over TCP. Everybody may connect with it.
  enum class Plain : uint8_t { kNobody, kThisMachine, kEverybody };

  bool is_unix = false;
  std::string path;   // Of a unix socket; absolute.
  std::string host;   // Of TCP: a name, an IPv4 or an IPv6 address, without brackets.
  uint16_t port = 0;  // Of TCP; 0 lets the system choose.
  Plain plain = Plain::kThisMachine;

  // Reads `unix:/path`, `unix:` (the default path), `tcp://host:port`, `tls://host:port` (nobody
  // may connect without TLS), `host:port` and `[::1]:port`. INVALID_ARGUMENT says what was
  // expected. The default path's directory is made, 0700, and FAILED_PRECONDITION or such comes
  // from there if it isn't this user's alone.
  static absl::StatusOr<Address> parse(std::string_view text);

  // As parse() reads it and as clients take it: `unix:/path`, `tcp://127.0.0.1:7000`. It begins
  // with `tls://` if a client elsewhere needs TLS.
  std::string to_string() const;
  // Whether a TCP client needs TLS; `is_here`: it is on this machine.
  bool needs_tls(bool is_here) const;
  // Whether only this machine reaches it: a unix socket, localhost, 127.0.0.0/8, ::1.
  bool is_loopback() const;
};

}  // namespace syncmanager::manager

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace syncmanager {

// Where a manager listens: a unix socket, or a TCP host and port.
struct Address {
  bool is_unix = false;
  std::string path;   // Of a unix socket; absolute.
  std::string host;   // Of TCP: a name, an IPv4 or an IPv6 address, without brackets.
  uint16_t port = 0;  // Of TCP; 0 lets the system choose.

  // Reads `unix:/path`, `unix:` (the default path), `tcp://host:port`, `host:port` and
  // `[::1]:port`. INVALID_ARGUMENT says what was expected. The default path's directory is made,
  // 0700, and FAILED_PRECONDITION or such comes from there if it isn't this user's alone.
  static absl::StatusOr<Address> parse(std::string_view text);

  // As parse() reads it and as clients take it: `unix:/path`, `tcp://127.0.0.1:7000`.
  std::string to_string() const;
  // Whether only this machine reaches it: a unix socket, localhost, 127.0.0.0/8, ::1.
  bool is_loopback() const;
};

}  // namespace syncmanager

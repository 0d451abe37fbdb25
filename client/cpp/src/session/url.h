#pragma once

#include <string>
#include <string_view>

#include "client/cpp/src/stream/dial.h"
#include "protos/auth/tls_credentials.h"

namespace syncmanager {

// Where a manager is, as its URL says.
struct Url {
  Target target;
  bool is_tls = false;
  CertificateFiles certificates;  // Empty: TLS is by the key.
  std::string key_id;             // Empty: the key file's first.
  std::string server_id;          // Empty: whichever manager answers.
};

// Reads `unix:/path` or `syncmanager[+tls]://[key_id@]host:port[/server_id]`, where an IPv6 host
// stands in brackets. With TLS `?cert=FILE&key=FILE&ca=FILE` may follow. Throws InvalidArgument.
Url parse_url(std::string_view url);

}  // namespace syncmanager

#pragma once

#include <memory>

#include "protos/auth/key_file.h"
#include "protos/auth/tls_credentials.h"

namespace syncmanager {

// What the manager and its clients prove who they are by.
struct Credentials {
  KeyRing keys;
  std::shared_ptr<const TlsCredentials> certificates;  // Of TLS; null: TLS is by the keys.
};

}  // namespace syncmanager

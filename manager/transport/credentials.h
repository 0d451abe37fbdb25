#pragma once

#include <memory>

#include "protos/auth/key_file.h"
#include "protos/auth/tls_credentials.h"

namespace syncmanager::manager {

// The keys and certificates by which the manager and its clients authenticate each other.
struct Credentials {
  KeyRing keys;
  std::shared_ptr<const TlsCredentials> certificates;  // Null: TLS is by the keys.
};

}  // namespace syncmanager::manager

#pragma once

#include <string>
#include <string_view>

#include "protos/auth/secret_bytes.h"

namespace syncmanager {

// The key schedule of `smgr/1`: HKDF (RFC 5869) and HMAC (RFC 2104) with SHA-256, over a transcript
// of both hellos. Everything here is a pure function of bytes; a failure inside OpenSSL, which can
// only mean that there is no memory, throws std::bad_alloc.

std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view message);
SecretBytes hkdf_extract(std::string_view salt, std::string_view key_material);
SecretBytes hkdf_expand(std::string_view key, std::string_view label, size_t size);

// The keys derived from a pre-shared key: one for each role, so that neither side's proof can be
// played back as the other's, one from which session keys derive, and one for TLS.
struct AuthKeys {
  explicit AuthKeys(std::string_view pre_shared_key);

  SecretBytes client;  // kc
  SecretBytes server;  // ks
  SecretBytes derive;  // kd
  SecretBytes tls;     // kt: the external pre-shared key of TLS 1.3.
};

// TH1: both hellos as they travelled, and the channel's binding (empty, or tls-exporter of RFC
// 9266).
std::string transcript(std::string_view client_hello, std::string_view server_hello,
                       std::string_view binding);
// TH2: what both proofs and the session keys stand on.
std::string finished(std::string_view transcript, std::string_view client_auth,
                     std::string_view server_auth_fields);

std::string client_mac(const AuthKeys& keys, std::string_view transcript);
std::string server_mac(const AuthKeys& keys, std::string_view finished);
std::string resume_proof(std::string_view resume_key, std::string_view transcript);

// The keys of one session.
struct SessionKeys {
  SessionKeys(const AuthKeys& keys, std::string_view finished);

  SecretBytes to_server;  // k_c2s
  SecretBytes to_client;  // k_s2c
  SecretBytes resume;     // k_resume
};

}  // namespace syncmanager

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "protos/auth/secret_bytes.h"

// OpenSSL's.
struct ssl_ctx_st;

namespace syncmanager {

// Files in PEM format. `certificate` may be followed by those between it and the authority.
struct CertificateFiles {
  std::string certificate;
  std::string key;
  std::string authorities;  // The certificates of those who sign for the other side.
};

// The credentials of one side for TLS (TLS 1.3 alone, RFC 8446). Both sides prove who they
// are: by a pre-shared key, with an ephemeral Diffie-Hellman exchange (psk_dhe_ke), or by
// certificates. There are no tickets and no early data. Immutable; any thread.
class TlsCredentials {
 public:
  // Returns the TLS key of a key id (AuthKeys::tls). An unknown id has one too, which nobody knows,
  // so that it looks like a wrong key.
  using FindKey = std::function<SecretBytes(std::string_view key_id)>;

  // For a manager whose clients have pre-shared keys. `find_key` is called during handshakes.
  static std::shared_ptr<const TlsCredentials> for_manager(FindKey find_key);
  // For a manager with a certificate, whose clients have certificates too. INVALID_ARGUMENT names
  // the file that can't be used.
  static absl::StatusOr<std::shared_ptr<const TlsCredentials>> for_manager(
      const CertificateFiles& files);
  // For a client that has that key.
  static std::shared_ptr<const TlsCredentials> for_client(std::string key_id, SecretBytes key);
  // For a client with a certificate. INVALID_ARGUMENT as above.
  static absl::StatusOr<std::shared_ptr<const TlsCredentials>> for_client(
      const CertificateFiles& files);

  ~TlsCredentials();
  TlsCredentials(const TlsCredentials&) = delete;
  TlsCredentials& operator=(const TlsCredentials&) = delete;

  // Whether both sides prove who they are by certificates.
  bool has_certificates() const { return !find_key_; }
  ssl_ctx_st* get() const { return settings_; }
  SecretBytes key_of(std::string_view key_id) const { return find_key_(key_id); }
  const std::string& key_id() const { return key_id_; }

 private:
  enum class Side { kManager, kClient };

  TlsCredentials(Side side, FindKey find_key, std::string key_id = {});
  absl::Status use(const CertificateFiles& files);

  ssl_ctx_st* const settings_;
  const FindKey find_key_;  // Null: certificates.
  const std::string key_id_;
};

}  // namespace syncmanager

#include "protos/auth/tls_credentials.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>
#include <utility>

#include "protos/support/str_cat.h"

namespace syncmanager {
namespace {

using Shared = std::shared_ptr<const TlsCredentials>;

// The suite of pre-shared keys: its hash is that of the key schedule.
constexpr char kSuite[] = "TLS_AES_128_GCM_SHA256";
constexpr unsigned char kSuiteNumber[] = {0x13, 0x01};
// The largest chain of certificates.
constexpr long kCertificateBytes = 32 << 10;

SSL_CTX* make_settings(const SSL_METHOD* method) {
  SSL_CTX* const settings = SSL_CTX_new(method);
  if (settings == nullptr) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(settings, TLS1_3_VERSION);
  SSL_CTX_set1_groups_list(settings, "X25519:P-256");
  SSL_CTX_set_num_tickets(settings, 0);
  SSL_CTX_set_session_cache_mode(settings, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(settings, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_max_cert_list(settings, kCertificateBytes);
  return settings;
}

const TlsCredentials& credentials_of(SSL* tls) {
  return *static_cast<const TlsCredentials*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls)));
}

// OpenSSL has an external pre-shared key in the form of a session to resume.
SSL_SESSION* session_of(SSL* tls, const SecretBytes& key) {
  SSL_SESSION* const session = SSL_SESSION_new();
  if (session == nullptr) return nullptr;
  SSL_SESSION_set1_master_key(session, key.data(), key.size());
  SSL_SESSION_set_cipher(session, SSL_CIPHER_find(tls, kSuiteNumber));
  SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION);
  return session;
}

int find_session(SSL* tls, const unsigned char* identity, size_t size, SSL_SESSION** session) {
  const std::string_view key_id(reinterpret_cast<const char*>(identity), size);
  *session = session_of(tls, credentials_of(tls).key_of(key_id));
  return *session != nullptr ? 1 : 0;
}

int use_session(SSL* tls, const EVP_MD*, const unsigned char** identity, size_t* size,
                SSL_SESSION** session) {
  const TlsCredentials& credentials = credentials_of(tls);
  *identity = reinterpret_cast<const unsigned char*>(credentials.key_id().data());
  *size = credentials.key_id().size();
  *session = session_of(tls, credentials.key_of(credentials.key_id()));
  return *session != nullptr ? 1 : 0;
}

absl::Status unusable(std::string_view what, const std::string& file) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  return absl::InvalidArgumentError(str_cat("the ", what, " in \"", file, "\" can't be used: ",
                                            reason != nullptr ? reason : "no reason is known",
                                            "; expected a readable file in PEM format"));
}

}  // namespace

TlsCredentials::TlsCredentials(Side side, FindKey find_key, std::string key_id)
    : settings_(make_settings(side == Side::kManager ? TLS_server_method() : TLS_client_method())),
      find_key_(std::move(find_key)),
      key_id_(std::move(key_id)) {
  SSL_CTX_set_app_data(settings_, this);
  // A manager has many connections that are idle.
  if (side == Side::kManager) SSL_CTX_set_mode(settings_, SSL_MODE_RELEASE_BUFFERS);
  // Without a key of the client's, a manager that has no certificate refuses. A client without
  // authorities believes no certificate.
  const int both = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(settings_, side == Side::kManager && find_key_ ? SSL_VERIFY_NONE : both,
                     nullptr);
  if (!find_key_) return;
  SSL_CTX_set_ciphersuites(settings_, kSuite);
  if (side == Side::kManager) {
    SSL_CTX_set_psk_find_session_callback(settings_, find_session);
  } else {
    SSL_CTX_set_psk_use_session_callback(settings_, use_session);
  }
}

TlsCredentials::~TlsCredentials() { SSL_CTX_free(settings_); }

absl::Status TlsCredentials::use(const CertificateFiles& files) {
  ERR_clear_error();
  // A passphrase would be asked for at the terminal.
  SSL_CTX_set_default_passwd_cb(settings_, [](char*, int, int, void*) { return -1; });
  if (SSL_CTX_use_certificate_chain_file(settings_, files.certificate.c_str()) != 1) {
    return unusable("certificate", files.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(settings_, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return unusable(str_cat("private key of \"", files.certificate, "\""), files.key);
  }
  if (SSL_CTX_load_verify_file(settings_, files.authorities.c_str()) != 1) {
    return unusable("authorities' certificates", files.authorities);
  }
  SSL_CTX_set_client_CA_list(settings_, SSL_load_client_CA_file(files.authorities.c_str()));
  return absl::OkStatus();
}

Shared TlsCredentials::for_manager(FindKey find_key) {
  return Shared(new TlsCredentials(Side::kManager, std::move(find_key)));
}

Shared TlsCredentials::for_client(std::string key_id, SecretBytes key) {
  const auto shared = std::make_shared<const SecretBytes>(std::move(key));
  return Shared(new TlsCredentials(
      Side::kClient, [shared](std::string_view) { return shared->clone(); }, std::move(key_id)));
}

absl::StatusOr<Shared> TlsCredentials::for_manager(const CertificateFiles& files) {
  std::unique_ptr<TlsCredentials> credentials(new TlsCredentials(Side::kManager, nullptr));
  if (absl::Status used = credentials->use(files); !used.ok()) return used;
  return Shared(std::move(credentials));
}

absl::StatusOr<Shared> TlsCredentials::for_client(const CertificateFiles& files) {
  std::unique_ptr<TlsCredentials> credentials(new TlsCredentials(Side::kClient, nullptr));
  if (absl::Status used = credentials->use(files); !used.ok()) return used;
  return Shared(std::move(credentials));
}

}  // namespace syncmanager

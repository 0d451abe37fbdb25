#include "protos/auth/secure_socket.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>

namespace syncmanager {
namespace {

constexpr size_t kBindingBytes = 32;
// How many records are protected by one key (RFC 8446, section 5.5).
constexpr uint64_t kRecordsPerKey = uint64_t{1} << 24;
// The size of one fetch: two of the largest records.
constexpr size_t kFetchBytes = 33 << 10;

// ---- Errors.

// Whether the latest error means that one side doesn't accept the other's proof.
bool is_about_proof(unsigned long error) {
  switch (ERR_GET_REASON(error)) {
    case SSL_R_BINDER_DOES_NOT_VERIFY:
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    // Alerts of the peer: what is refused with them is a proof, or the want of one.
    case SSL_AD_REASON_OFFSET + SSL_AD_HANDSHAKE_FAILURE:
    case SSL_AD_REASON_OFFSET + SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_REASON_OFFSET + SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_REASON_OFFSET + SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_REASON_OFFSET + SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_REASON_OFFSET + SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_REASON_OFFSET + SSL_AD_ILLEGAL_PARAMETER:
    case SSL_AD_REASON_OFFSET + SSL_AD_UNKNOWN_CA:
    case SSL_AD_REASON_OFFSET + SSL_AD_ACCESS_DENIED:
    case SSL_AD_REASON_OFFSET + SSL_AD_DECRYPT_ERROR:
    case SSL_AD_REASON_OFFSET + SSL_AD_UNKNOWN_PSK_IDENTITY:
    case SSL_AD_REASON_OFFSET + SSL_AD_CERTIFICATE_REQUIRED:
      return true;
    default:
      return false;
  }
}

std::string text_of(unsigned long error) {
  const char* const reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "no reason is known";
}

}  // namespace

struct SecureSocket::Tls {
  explicit Tls(int socket) : descriptor(socket) {}
  ~Tls() { SSL_free(ssl); }
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  const int descriptor;
  std::shared_ptr<const TlsCredentials> credentials;
  std::mutex mutex;  // Protects what follows: OpenSSL's connection takes one thread at a time.
  SSL* ssl = nullptr;
  bool is_open = false;       // The handshake is done.
  std::string_view incoming;  // Received bytes that OpenSSL reads next, once it is open.
  std::string rest;           // Those for which there was no room.
  bool has_more = false;
  uint64_t sent = 0;  // Records.
  std::string error;

  BIO* make_bio();
  // Receives bytes of TLS, into `room` or from the rest. Returns what recv(2) returns.
  ssize_t fetch(std::span<char> room);
  // Decrypts what was fetched. Returns the number of bytes, or what failed() returns.
  ssize_t decrypt(std::span<char> room);

  // Returns what a call came to that OpenSSL refused: -1 with its errno, or 0 at the end. Another
  // user of OpenSSL may have left errors of its own in this thread.
  ssize_t failed() {
    if (!SSL_want_nothing(ssl) && BIO_should_retry(SSL_get_rbio(ssl))) {
      errno = EAGAIN;
      return -1;
    }
    const unsigned long latest = ERR_peek_last_error();
    if (latest == 0) return (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0 ? 0 : -1;
    ERR_clear_error();
    error = text_of(latest);
    errno = is_about_proof(latest) ? EACCES : EPROTO;
    return -1;
  }
};

// ---- OpenSSL's way to the socket. Its own raises SIGPIPE, and reads in vain before it waits.

namespace {

bool must_wait(ssize_t size) { return size < 0 && (errno == EAGAIN || errno == EINTR); }

long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

}  // namespace

BIO* SecureSocket::Tls::make_bio() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_write(made, [](BIO* bio, const char* bytes, int size) {
      BIO_clear_retry_flags(bio);
      const ssize_t left = ::send(static_cast<Tls*>(BIO_get_data(bio))->descriptor, bytes,
                                  static_cast<size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (must_wait(left)) BIO_set_retry_write(bio);
      return static_cast<int>(left);
    });
    BIO_meth_set_read(made, [](BIO* bio, char* room, int size) {
      BIO_clear_retry_flags(bio);
      Tls& tls = *static_cast<Tls*>(BIO_get_data(bio));
      if (!tls.is_open) {
        const ssize_t received =
            ::recv(tls.descriptor, room, static_cast<size_t>(size), MSG_DONTWAIT);
        if (must_wait(received)) BIO_set_retry_read(bio);
        return static_cast<int>(received);
      }
      const size_t taken = tls.incoming.copy(room, static_cast<size_t>(size));
      tls.incoming.remove_prefix(taken);
      if (taken > 0) return static_cast<int>(taken);
      BIO_set_retry_read(bio);
      return -1;
    });
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  BIO* const bio = BIO_new(method);
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

SecureSocket::SecureSocket(int descriptor, std::shared_ptr<const TlsCredentials> credentials,
                           const std::string& host)
    : descriptor_(descriptor) {
  if (credentials == nullptr) return;
  tls_ = std::make_unique<Tls>(descriptor);
  tls_->credentials = std::move(credentials);
  SSL* const ssl = tls_->ssl = SSL_new(tls_->credentials->get());
  if (ssl == nullptr) throw std::bad_alloc();
  BIO* const bio = tls_->make_bio();
  SSL_set_bio(ssl, bio, bio);
  if (SSL_is_server(ssl) != 0) {
    SSL_set_accept_state(ssl);
    return;
  }
  SSL_set_connect_state(ssl);
  if (host.empty() || !has_certificates()) return;
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1) return;
  SSL_set_tlsext_host_name(ssl, host.c_str());
  if (SSL_set1_host(ssl, host.c_str()) != 1) throw std::bad_alloc();
}

SecureSocket::SecureSocket(SecureSocket&&) noexcept = default;
SecureSocket& SecureSocket::operator=(SecureSocket&&) noexcept = default;
SecureSocket::~SecureSocket() = default;

SecureSocket::Handshake SecureSocket::shake_hands() {
  if (tls_ == nullptr) return Handshake::kDone;
  ERR_clear_error();
  errno = 0;
  SSL* const ssl = tls_->ssl;
  const int result = SSL_do_handshake(ssl);
  if (result == 1) {
    tls_->is_open = true;
    return Handshake::kDone;
  }
  const int kind = SSL_get_error(ssl, result);
  if (kind == SSL_ERROR_WANT_READ) return Handshake::kMustRead;
  if (kind == SSL_ERROR_WANT_WRITE) return Handshake::kMustWrite;
  const unsigned long latest = ERR_peek_last_error();
  const long verified = SSL_get_verify_result(ssl);
  if (latest == 0) return Handshake::kEnded;
  tls_->error = verified != X509_V_OK ? X509_verify_cert_error_string(verified) : text_of(latest);
  return is_about_proof(latest) ? Handshake::kWrongProof : Handshake::kFailed;
}

ssize_t SecureSocket::Tls::fetch(std::span<char> room) {
  if (has_more) {
    rest.copy(room.data(), rest.size());
    incoming = {room.data(), rest.size()};
    rest.clear();
    return 1;
  }
  const ssize_t size = ::recv(descriptor, room.data(), room.size(), MSG_DONTWAIT);
  if (size > 0) incoming = {room.data(), static_cast<size_t>(size)};
  return size;
}

ssize_t SecureSocket::Tls::decrypt(std::span<char> room) {
  size_t received = 0;
  do {
    const int size =
        SSL_read(ssl, room.data() + received, static_cast<int>(room.size() - received));
    // The caller gets the received bytes first. The end or the failure is found again.
    if (size <= 0) return received > 0 ? static_cast<ssize_t>(received) : failed();
    received += static_cast<size_t>(size);
  } while (received < room.size() && (!incoming.empty() || SSL_has_pending(ssl) != 0));
  return static_cast<ssize_t>(received);
}

ssize_t SecureSocket::receive(std::span<char> room) {
  if (tls_ == nullptr) return ::recv(descriptor_, room.data(), room.size(), MSG_DONTWAIT);
  const std::lock_guard lock(tls_->mutex);
  std::array<char, kFetchBytes> fetched;
  const ssize_t size = tls_->fetch(fetched);
  if (size <= 0) return size;
  const ssize_t received = tls_->decrypt(room);
  tls_->rest.assign(std::exchange(tls_->incoming, {}));
  tls_->has_more = received == static_cast<ssize_t>(room.size()) &&
                   (!tls_->rest.empty() || SSL_has_pending(tls_->ssl) != 0);
  return received;
}

ssize_t SecureSocket::send(std::string_view bytes) {
  if (tls_ == nullptr) {
    return ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  const std::lock_guard lock(tls_->mutex);
  size_t sent = 0;
  while (sent < bytes.size()) {  // A record at a time.
    size_t size = 0;
    const int result = SSL_write_ex(tls_->ssl, bytes.data() + sent, bytes.size() - sent, &size);
    if (result != 1 && sent == 0) {
      if (tls_->failed() == 0) errno = EPIPE;
      return -1;
    }
    if (result != 1) break;
    sent += size;
    if (++tls_->sent % kRecordsPerKey == 0) {
      SSL_key_update(tls_->ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
    }
  }
  return static_cast<ssize_t>(sent);
}

uint64_t SecureSocket::received() const {
  return tls_ == nullptr ? 0 : BIO_number_read(SSL_get_rbio(tls_->ssl));
}

bool SecureSocket::has_certificates() const {
  return tls_ != nullptr && tls_->credentials->has_certificates();
}

bool SecureSocket::has_more() const { return tls_ != nullptr && tls_->has_more; }

std::string SecureSocket::channel_binding() const {
  if (tls_ == nullptr) return {};
  static constexpr std::string_view kLabel = "EXPORTER-Channel-Binding";
  std::string binding(kBindingBytes, '\0');
  if (SSL_export_keying_material(tls_->ssl, reinterpret_cast<unsigned char*>(binding.data()),
                                 binding.size(), kLabel.data(), kLabel.size(), nullptr, 0,
                                 1) != 1) {
    throw std::bad_alloc();
  }
  return binding;
}

std::string SecureSocket::error() const {
  if (tls_ == nullptr) return {};
  const std::lock_guard lock(tls_->mutex);
  return tls_->error;
}

}  // namespace syncmanager

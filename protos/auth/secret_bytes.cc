#include "protos/auth/secret_bytes.h"

#include <openssl/crypto.h>

#include <cstring>
#include <new>
#include <utility>

namespace syncmanager {

SecretBytes::SecretBytes(size_t size)
    : bytes_(static_cast<uint8_t*>(OPENSSL_secure_zalloc(size))), size_(size) {
  if (bytes_ == nullptr && size > 0) throw std::bad_alloc();
}

SecretBytes::SecretBytes(std::string_view bytes) : SecretBytes(bytes.size()) {
  if (!bytes.empty()) std::memcpy(bytes_, bytes.data(), bytes.size());
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  SecretBytes taken(std::move(other));  // What was here before is cleansed at the end of this.
  std::swap(bytes_, taken.bytes_);
  std::swap(size_, taken.size_);
  return *this;
}

SecretBytes::~SecretBytes() {
  if (bytes_ != nullptr) OPENSSL_secure_clear_free(bytes_, size_);
}

void cleanse(std::string& bytes) {
  // All of the buffer: a shorter value may have been assigned over a longer one.
  bytes.resize(bytes.capacity());
  OPENSSL_cleanse(bytes.data(), bytes.size());
  bytes.clear();
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace syncmanager

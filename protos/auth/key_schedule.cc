#include "protos/auth/key_schedule.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <cstdint>
#include <memory>
#include <new>

namespace syncmanager {
namespace {

using namespace std::string_view_literals;

constexpr size_t kKeyBytes = 32;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void require(bool done) {
  if (!done) throw std::bad_alloc();
}

// A transcript's field: tag, length, bytes, as in the messages themselves.
std::string field(uint8_t tag, std::string_view bytes) {
  std::string out(1, static_cast<char>(tag));
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<char>(bytes.size() >> shift));
  return out.append(bytes);
}

SecretBytes hkdf(int mode, OSSL_PARAM* params, size_t size) {
  const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(
      EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr), &EVP_KDF_free);
  require(kdf != nullptr);
  const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> run(EVP_KDF_CTX_new(kdf.get()),
                                                                      &EVP_KDF_CTX_free);
  require(run != nullptr);
  OSSL_PARAM common[] = {
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>("SHA256"), 0),
      OSSL_PARAM_construct_end()};
  require(EVP_KDF_CTX_set_params(run.get(), common) == 1);
  SecretBytes out(size);
  require(EVP_KDF_derive(run.get(), out.data(), out.size(), params) == 1);
  return out;
}

OSSL_PARAM octets(const char* name, std::string_view bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

}  // namespace

std::string sha256(std::string_view bytes) {
  std::string out(kKeyBytes, '\0');
  require(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()),
                     nullptr, EVP_sha256(), nullptr) == 1);
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  std::string out(kKeyBytes, '\0');
  unsigned int size = 0;
  require(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(message),
               message.size(), reinterpret_cast<unsigned char*>(out.data()), &size) != nullptr);
  return out;
}

SecretBytes hkdf_extract(std::string_view salt, std::string_view key_material) {
  OSSL_PARAM params[] = {octets(OSSL_KDF_PARAM_SALT, salt),
                         octets(OSSL_KDF_PARAM_KEY, key_material), OSSL_PARAM_construct_end()};
  return hkdf(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, params, kKeyBytes);
}

SecretBytes hkdf_expand(std::string_view key, std::string_view label, size_t size) {
  OSSL_PARAM params[] = {octets(OSSL_KDF_PARAM_KEY, key), octets(OSSL_KDF_PARAM_INFO, label),
                         OSSL_PARAM_construct_end()};
  return hkdf(EVP_KDF_HKDF_MODE_EXPAND_ONLY, params, size);
}

AuthKeys::AuthKeys(std::string_view pre_shared_key) {
  const SecretBytes root = hkdf_extract("smgr/1 psk", pre_shared_key);
  client = hkdf_expand(root.view(), "smgr/1 client auth", kKeyBytes);
  server = hkdf_expand(root.view(), "smgr/1 server auth", kKeyBytes);
  derive = hkdf_expand(root.view(), "smgr/1 derive", kKeyBytes);
  tls = hkdf_expand(root.view(), "smgr/1 tls", kKeyBytes);
}

std::string transcript(std::string_view client_hello, std::string_view server_hello,
                       std::string_view binding) {
  std::string bytes("smgr/1 transcript\0"sv);
  return sha256(bytes + field(0x40, client_hello) + field(0x41, server_hello) +
                field(0x42, binding));
}

std::string finished(std::string_view transcript, std::string_view client_auth,
                     std::string_view server_auth_fields) {
  std::string bytes("smgr/1 finished\0"sv);
  return sha256(bytes.append(transcript) + field(0x43, client_auth) +
                field(0x44, server_auth_fields));
}

std::string client_mac(const AuthKeys& keys, std::string_view transcript) {
  return hmac_sha256(keys.client.view(), transcript);
}

std::string server_mac(const AuthKeys& keys, std::string_view finished) {
  return hmac_sha256(keys.server.view(), finished);
}

std::string resume_proof(std::string_view resume_key, std::string_view transcript) {
  return hmac_sha256(resume_key, std::string("smgr/1 resume\0"sv).append(transcript));
}

SessionKeys::SessionKeys(const AuthKeys& keys, std::string_view finished) {
  const SecretBytes root = hkdf_extract(finished, keys.derive.view());
  to_server = hkdf_expand(root.view(), "smgr/1 c2s frame", kKeyBytes);
  to_client = hkdf_expand(root.view(), "smgr/1 s2c frame", kKeyBytes);
  resume = hkdf_expand(root.view(), "smgr/1 resume", kKeyBytes);
}

}  // namespace syncmanager

#include "protos/frame_tag.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <new>

namespace syncmanager {

struct FrameTagger::Mac {
  EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  EVP_MAC_CTX* state = algorithm != nullptr ? EVP_MAC_CTX_new(algorithm) : nullptr;

  ~Mac() {
    EVP_MAC_CTX_free(state);
    EVP_MAC_free(algorithm);
  }
};

FrameTagger::FrameTagger(const SecretBytes& key) : mac_(std::make_unique<Mac>()) {
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>("SHA256"), 0),
      OSSL_PARAM_construct_end()};
  if (mac_->state == nullptr || EVP_MAC_init(mac_->state, key.data(), key.size(), params) != 1) {
    throw std::bad_alloc();
  }
}

FrameTagger::~FrameTagger() = default;
FrameTagger::FrameTagger(FrameTagger&&) noexcept = default;
FrameTagger& FrameTagger::operator=(FrameTagger&&) noexcept = default;

std::string FrameTagger::tag(std::string_view body) {
  std::array<unsigned char, 12> head;  // u64be number, u32be length.
  for (size_t i = 0; i < 8; ++i) head[i] = static_cast<unsigned char>(frames_ >> (56 - 8 * i));
  for (size_t i = 0; i < 4; ++i) {
    head[8 + i] = static_cast<unsigned char>(body.size() >> (24 - 8 * i));
  }
  ++frames_;
  std::array<unsigned char, 32> mac;
  size_t size = 0;
  const bool done = EVP_MAC_init(mac_->state, nullptr, 0, nullptr) == 1 &&
                    EVP_MAC_update(mac_->state, head.data(), head.size()) == 1 &&
                    EVP_MAC_update(mac_->state, reinterpret_cast<const unsigned char*>(body.data()),
                                   body.size()) == 1 &&
                    EVP_MAC_final(mac_->state, mac.data(), &size, mac.size()) == 1;
  if (!done) throw std::bad_alloc();
  return std::string(reinterpret_cast<const char*>(mac.data()), kTagBytes);
}

bool FrameTagger::verify(std::string_view body, std::string_view tag) {
  return equal_in_constant_time(this->tag(body), tag);
}

}  // namespace syncmanager

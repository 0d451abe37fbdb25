// The functions of SHA-256 itself are deprecated in OpenSSL 3, but a state of theirs is a value: to
// go on from a copy of the keyed state costs half of what EVP_MAC does.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "protos/auth/frame_tag.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace syncmanager {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

void add(SHA256_CTX& state, const void* bytes, size_t size) { SHA256_Update(&state, bytes, size); }

}  // namespace

// HMAC (RFC 2104) after its key: what hashes the message, and what hashes that.
struct FrameTagger::Mac {
  SHA256_CTX inner{}, outer{};

  explicit Mac(const SecretBytes& key) {
    // A session's keys have 32 bytes, so that none has to be hashed first.
    std::array<unsigned char, SHA256_CBLOCK> block{};
    std::memcpy(block.data(), key.data(), std::min(key.size(), block.size()));
    for (unsigned char& byte : block) byte ^= 0x36;
    SHA256_Init(&inner);
    add(inner, block.data(), block.size());
    for (unsigned char& byte : block) byte ^= 0x36 ^ 0x5c;
    SHA256_Init(&outer);
    add(outer, block.data(), block.size());
    OPENSSL_cleanse(block.data(), block.size());
  }
  ~Mac() {
    OPENSSL_cleanse(&inner, sizeof(inner));
    OPENSSL_cleanse(&outer, sizeof(outer));
  }
};

FrameTagger::FrameTagger(const SecretBytes& key) : mac_(std::make_unique<Mac>(key)) {}
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
  Digest digest;
  SHA256_CTX state = mac_->inner;
  add(state, head.data(), head.size());
  add(state, body.data(), body.size());
  SHA256_Final(digest.data(), &state);
  state = mac_->outer;
  add(state, digest.data(), digest.size());
  SHA256_Final(digest.data(), &state);
  return std::string(reinterpret_cast<const char*>(digest.data()), kTagBytes);
}

bool FrameTagger::verify(std::string_view body, std::string_view tag) {
  return equal_in_constant_time(this->tag(body), tag);
}

}  // namespace syncmanager

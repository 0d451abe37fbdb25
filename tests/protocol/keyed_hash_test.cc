#include "protos/support/keyed_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>

namespace syncmanager {
namespace {

// The key of the paper's vectors: 00 01 ... 0f.
KeyedHash::Key counting_key() {
  KeyedHash::Key key;
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(i);
  return key;
}

std::string counting_bytes(size_t size) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

struct FreeMac {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* run) const { EVP_MAC_CTX_free(run); }
};

uint64_t openssl_siphash(const KeyedHash::Key& key, const std::string& bytes) {
  const std::unique_ptr<EVP_MAC, FreeMac> mac(EVP_MAC_fetch(nullptr, "SIPHASH", nullptr));
  const std::unique_ptr<EVP_MAC_CTX, FreeMac> run(EVP_MAC_CTX_new(mac.get()));
  unsigned int wanted = 8;
  const std::array<OSSL_PARAM, 2> settings = {OSSL_PARAM_construct_uint("size", &wanted),
                                              OSSL_PARAM_construct_end()};
  uint64_t hash = 0;
  size_t written = 0;
  EXPECT_EQ(EVP_MAC_init(run.get(), key.data(), key.size(), settings.data()), 1);
  EXPECT_EQ(EVP_MAC_update(run.get(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()),
            1);
  EXPECT_EQ(EVP_MAC_final(run.get(), reinterpret_cast<uint8_t*>(&hash), &written, sizeof(hash)), 1);
  EXPECT_EQ(written, sizeof(hash));
  return hash;
}

TEST(KeyedHash, HasTheVectorOfThePaper) {
  EXPECT_EQ(KeyedHash(counting_key())(counting_bytes(15)), 0xa129ca6149be45e5);
}

TEST(KeyedHash, HasTheFirstVectorsOfTheReferenceImplementation) {
  const KeyedHash hash(counting_key());
  EXPECT_EQ(hash(counting_bytes(0)), 0x726fdb47dd0e0e31);
  EXPECT_EQ(hash(counting_bytes(1)), 0x74f839c593dc67fd);
  EXPECT_EQ(hash(counting_bytes(2)), 0x0d6c8009d9a94f5a);
  EXPECT_EQ(hash(counting_bytes(3)), 0x85676696d7fb7e2d);
  EXPECT_EQ(hash(counting_bytes(8)), 0x93f5f5799a932462);
}

TEST(KeyedHash, IsOpenSslsForEveryLengthOfTail) {
  KeyedHash::Key key = counting_key();
  for (size_t size = 0; size < 300; ++size) {
    key[size % key.size()] = static_cast<uint8_t>(size * 7);
    EXPECT_EQ(KeyedHash(key)(counting_bytes(size)), openssl_siphash(key, counting_bytes(size)))
        << size;
  }
}

TEST(KeyedHash, DependsOnEveryBitOfTheKey) {
  std::unordered_set<uint64_t> hashes = {KeyedHash(counting_key())("jobs")};
  for (size_t bit = 0; bit < 128; ++bit) {
    KeyedHash::Key key = counting_key();
    key[bit / 8] = static_cast<uint8_t>(key[bit / 8] ^ (1u << (bit % 8)));
    hashes.insert(KeyedHash(key)("jobs"));
  }
  EXPECT_EQ(hashes.size(), 129U);
}

}  // namespace
}  // namespace syncmanager

#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace syncmanager {

// SipHash-2-4 of bytes under a secret 16-byte key (Aumasson and Bernstein, "SipHash: a fast
// short-input PRF", 2012): without the key nobody can choose keys of a table that collide.
// A value, cheap to copy; hashing is const and may run in any thread. Inlined, as it stands in
// front of every look-up.
class KeyedHash {
 public:
  using Key = std::array<uint8_t, 16>;

  explicit KeyedHash(const Key& key) {
    std::memcpy(&low_, key.data(), sizeof(low_));
    std::memcpy(&high_, key.data() + sizeof(low_), sizeof(high_));
  }

  uint64_t operator()(std::string_view bytes) const {
    State state{low_ ^ 0x736f6d6570736575, high_ ^ 0x646f72616e646f6d, low_ ^ 0x6c7967656e657261,
                high_ ^ 0x7465646279746573};
    const char* at = bytes.data();
    for (size_t words = bytes.size() / 8; words > 0; --words, at += 8) {
      uint64_t word = 0;
      std::memcpy(&word, at, sizeof(word));
      state.absorb(word);
    }
    state.absorb(uint64_t{bytes.size()} << 56 | tail(at, bytes.size() % 8));
    return state.finish();
  }

 private:
  static_assert(std::endian::native == std::endian::little, "words are read as they lie");

  struct State {
    uint64_t v0, v1, v2, v3;

    void round() {
      v0 += v1;
      v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32) + v3;
      v2 += v1;
      v3 = std::rotl(v3, 21) ^ v0;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }

    void absorb(uint64_t word) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }

    uint64_t finish() {
      v2 ^= 0xff;
      for (int i = 0; i < 4; ++i) round();
      return v0 ^ v1 ^ v2 ^ v3;
    }
  };

  // The last 0 to 7 bytes, least first.
  static uint64_t tail(const char* at, size_t size) {
    uint64_t word = 0;
    for (size_t i = size; i-- > 0;) word = word << 8 | static_cast<uint8_t>(at[i]);
    return word;
  }

  uint64_t low_ = 0;
  uint64_t high_ = 0;
};

}  // namespace syncmanager

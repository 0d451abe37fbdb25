#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// Numbers as they stand in an encoded value: see the table in encoded_value.h. All of it is inline,
// as values are long lists of numbers as often as not.
namespace syncmanager {

static_assert(std::endian::native == std::endian::little,
              "reals and numbers are copied as they are");

inline constexpr size_t kLongestVarint = 10;  // 64 bits in groups of 7.
inline constexpr uint64_t kHighBits = 0x8080808080808080;

constexpr uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}

constexpr int64_t unzigzag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

// Eight groups of 7 bits, each in a byte of its own, as one number of 56 bits.
constexpr uint64_t packed(uint64_t groups) {
  groups = (groups & 0x007f007f007f007f) | ((groups & 0x7f007f007f007f00) >> 1);
  groups = (groups & 0x00003fff00003fff) | ((groups & 0x3fff00003fff0000) >> 2);
  return (groups & 0x000000000fffffff) | ((groups & 0x0fffffff00000000) >> 4);
}

// The same the other way round.
constexpr uint64_t spread(uint64_t number) {
  number = (number & 0x000000000fffffff) | ((number << 4) & 0x0fffffff00000000);
  number = (number & 0x00003fff00003fff) | ((number << 2) & 0x3fff00003fff0000);
  return (number & 0x007f007f007f007f) | ((number << 1) & 0x7f007f007f007f00);
}

// Whether the bytes, which must be eight or more, begin with a varint of `length` groups (1 to 10;
// more than eight: no), none of them needless.
inline bool read_varint_of(size_t length, std::string_view bytes, uint64_t& value) {
  uint64_t groups = 0;
  if (length > sizeof(groups) || bytes.size() < sizeof(groups)) return false;
  std::memcpy(&groups, bytes.data(), sizeof(groups));
  groups &= ~uint64_t{0} >> (64 - 8 * length);
  const uint64_t last = groups >> (8 * (length - 1));
  const uint64_t others = kHighBits & ((uint64_t{1} << (8 * (length - 1))) - 1);
  value = packed(groups);
  return (groups & kHighBits) == others && (last != 0 || length == 1);
}

// How many bytes the varint has that the bytes begin with; 0 if they don't begin with one.
inline size_t read_varint(std::string_view bytes, uint64_t& value) {
  uint64_t groups = kHighBits;
  if (bytes.size() >= sizeof(groups)) std::memcpy(&groups, bytes.data(), sizeof(groups));
  if (const uint64_t ends = ~groups & kHighBits; ends != 0) {
    const auto length = static_cast<size_t>(std::countr_zero(ends)) / 8 + 1;
    return read_varint_of(length, bytes, value) ? length : 0;
  }
  value = 0;
  for (size_t i = 0; i < bytes.size() && i < kLongestVarint; ++i) {
    const auto byte = static_cast<uint8_t>(bytes[i]);
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) != 0) continue;
    const bool needless = byte == 0 && i > 0;
    const bool too_large = i == kLongestVarint - 1 && byte > 1;
    return needless || too_large ? 0 : i + 1;
  }
  return 0;
}

// Returns where it ends. REQUIRES: room for kLongestVarint bytes.
inline char* put_varint(char* to, uint64_t value) {
  constexpr int kGroups = 8;
  if (value >> (7 * kGroups) == 0) {
    const auto length = static_cast<int>(std::bit_width(value | 1) + 6) / 7;
    const uint64_t continued = kHighBits & ((uint64_t{1} << (8 * (length - 1))) - 1);
    const uint64_t groups = spread(value) | continued;
    std::memcpy(to, &groups, sizeof(groups));
    return to + length;
  }
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
  *to++ = static_cast<char>(value);
  return to;
}

inline bool negative(std::string_view twos_complement) {
  return !twos_complement.empty() && (static_cast<uint8_t>(twos_complement.back()) & 0x80) != 0;
}

// Without the bytes at its end that only repeat the sign.
inline std::string_view shortest(std::string_view twos_complement) {
  const char sign = negative(twos_complement) ? '\xff' : '\0';
  while (twos_complement.size() > 1 && twos_complement.back() == sign) {
    const std::string_view shorter = twos_complement.substr(0, twos_complement.size() - 1);
    if (negative(shorter) != negative(twos_complement)) break;
    twos_complement = shorter;
  }
  return twos_complement;
}

}  // namespace syncmanager

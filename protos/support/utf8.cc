#include "protos/support/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace syncmanager {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080;

// The meaning of a sequence's first byte: its length, and the least code point that needs it.
struct Lead {
  size_t length;
  char32_t least;
  char32_t bits;
};

std::optional<Lead> lead_of(unsigned char byte) {
  if (byte < 0x80) return Lead{1, 0, byte};
  if (byte < 0xc0) return std::nullopt;
  if (byte < 0xe0) return Lead{2, 0x80, byte & 0x1fu};
  if (byte < 0xf0) return Lead{3, 0x800, byte & 0x0fu};
  if (byte < 0xf8) return Lead{4, 0x10000, byte & 0x07u};
  return std::nullopt;
}

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  const std::optional<Lead> lead = lead_of(static_cast<unsigned char>(rest[0]));
  if (!lead || rest.size() < lead->length) return std::nullopt;
  char32_t c = lead->bits;
  for (size_t i = 1; i < lead->length; ++i) {
    const auto byte = static_cast<unsigned char>(rest[i]);
    if ((byte & 0xc0) != 0x80) return std::nullopt;
    c = c << 6 | (byte & 0x3fu);
  }
  const bool surrogate = c >= 0xd800 && c <= 0xdfff;
  if (c < lead->least || c > 0x10ffff || surrogate) return std::nullopt;
  rest.remove_prefix(lead->length);
  return c;
}

std::string utf8_of(char32_t code_point) {
  const auto lead = [=](char32_t mark, int shift) {
    return static_cast<char>(mark | code_point >> shift);
  };
  const auto next = [=](int shift) {
    return static_cast<char>(0x80 | (code_point >> shift & 0x3f));
  };
  if (code_point < 0x80) return {lead(0, 0)};
  if (code_point < 0x800) return {lead(0xc0, 6), next(0)};
  if (code_point < 0x10000) return {lead(0xe0, 12), next(6), next(0)};
  return {lead(0xf0, 18), next(12), next(6), next(0)};
}

bool valid_utf8(std::string_view text) {
  const bool has_eight = text.size() >= sizeof(uint64_t);
  while (!text.empty()) {
    uint64_t eight = 0;
    while (text.size() >= sizeof(eight)) {  // ASCII, eight bytes at a time.
      std::memcpy(&eight, text.data(), sizeof(eight));
      if ((eight & kHighBits) != 0) break;
      text.remove_prefix(sizeof(eight));
    }
    if (text.empty()) return true;
    if (has_eight && text.size() < sizeof(eight)) {
      // The last eight at once: those before the rest were looked at already.
      std::memcpy(&eight, text.data() + text.size() - sizeof(eight), sizeof(eight));
      if ((eight & kHighBits) == 0) return true;
    }
    if (!take_code_point(text)) return false;
  }
  return true;
}

}  // namespace syncmanager

#include "protos/support/escape.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/str_format.h"

namespace syncmanager {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};
// Above ASCII.
constexpr std::array<Range, 14> kEscaped = {{{0x7f, 0xa0},
                                             {0xad, 0xad},
                                             {0x600, 0x605},
                                             {0x61c, 0x61c},
                                             {0x1680, 0x1680},
                                             {0x180e, 0x180e},
                                             {0x2000, 0x200f},
                                             {0x2028, 0x202f},
                                             {0x205f, 0x206f},
                                             {0x3000, 0x3000},
                                             {0xe000, 0xf8ff},
                                             {0xfdd0, 0xfdef},
                                             {0xfeff, 0xfeff},
                                             {0xfff0, 0xfffb}}};

}  // namespace

bool is_escaped(char32_t c) {
  if (c < 0x20 || c == '\\' || c >= 0xe0000 || (c & 0xfffe) == 0xfffe) return true;
  return std::any_of(kEscaped.begin(), kEscaped.end(),
                     [c](Range range) { return c >= range.first && c <= range.last; });
}

void append_escape(char32_t c, std::string& out) {
  switch (c) {
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto number = static_cast<uint32_t>(c);
  if (number < 0x100) {
    absl::StrAppendFormat(&out, "\\x%02x", number);
  } else if (number < 0x10000) {
    absl::StrAppendFormat(&out, "\\u%04x", number);
  } else {
    absl::StrAppendFormat(&out, "\\U%08x", number);
  }
}

}  // namespace syncmanager

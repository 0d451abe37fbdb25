#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace syncmanager {

// Takes the first code point off `rest`. Nothing if `rest` is empty or doesn't begin with one that
// RFC 3629 allows: overlong forms, surrogates and values above U+10FFFF are refused.
std::optional<char32_t> take_code_point(std::string_view& rest);

// The UTF-8 of a code point. REQUIRES: RFC 3629 allows it.
std::string utf8_of(char32_t code_point);

// Whether all of `text` is valid UTF-8 (RFC 3629).
bool valid_utf8(std::string_view text);

}  // namespace syncmanager

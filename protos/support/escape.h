#pragma once

#include <string>

namespace syncmanager {

// Whether Python's repr escapes the code point, or a terminal might obey it: controls, the
// backslash, spaces other than U+0020, formatting and direction, private use, noncharacters.
bool is_escaped(char32_t code_point);

// Appends the escape of a code point, as Python writes it: \n, \x1b, \u202e.
void append_escape(char32_t code_point, std::string& out);

}  // namespace syncmanager

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace syncmanager {

// A value as Python's repr would show it, for log lines and the command line: {'a': [1.5, None]}.
// A reference is <Queue 7>, an opaque <pickle, 120 bytes>, a keyed value <Job ('ann', 1)>, an
// integer of over 4096 bits <int of 8200 bits>. What a terminal might obey is escaped: controls,
// bidi controls, private and odd spaces; all else that is UTF-8 stays. At most `most` bytes, of
// which the last three are "..." where something was left out. What isn't a value ends in
// <malformed>. Any thread may call it.
std::string print_value(std::string_view encoded, size_t most);

}  // namespace syncmanager

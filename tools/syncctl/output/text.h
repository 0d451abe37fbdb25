#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace syncmanager {

// A name that another program chose, on one line. Control characters are escaped, as Python
// does it; a name that is not UTF-8 is shown as Python's bytes.
std::string print_name(std::string_view name);
// A sentence for one line, with the same escapes but for the backslash.
std::string on_one_line(std::string_view sentence);
// A text for a terminal: as on_one_line, but lines and tabs stay.
std::string print_text(std::string_view text);

// How many columns of a terminal the text takes: 2 for a wide character, 0 for a combining one.
size_t width_of(std::string_view text);
// The text, or its beginning and an ellipsis, in at most `width` columns. REQUIRES: width > 0.
std::string shorten(std::string_view text, size_t width);

// A size: 1.5 KiB, 20 MiB.
std::string print_bytes(uint64_t bytes);
// A duration: 250 us, 3.2 s, 5 min.
std::string print_duration(std::chrono::microseconds duration);

}  // namespace syncmanager

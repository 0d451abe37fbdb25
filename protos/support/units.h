#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncmanager {

// Reads a duration as people type it: a number that is not negative, and one of us, ms, s, min (or
// m), h and d. A number alone counts seconds: "10s", "500ms", "1.5h", "10". Returns nothing for any
// other text, and for a duration that microseconds in 64 bits can't hold.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);

// Reads a number of bytes as people type it: a number that is not negative, and one of B, KiB, MiB,
// GiB, TiB (powers of 1024) and KB, MB, GB, TB (powers of 1000). A number alone counts bytes.
// Returns nothing for any other text, and for sizes that 64 bits can't hold. "1.5GiB" is a size;
// "1.5" is none, as bytes have no parts.
std::optional<uint64_t> parse_size(std::string_view text);

// Writes a duration so that parse_duration() reads it back: the largest unit that leaves a whole
// number. 10 s is "10s", 60 s is "1min", 1500 us is "1500us".
std::string duration_text(std::chrono::microseconds duration);

// Writes a size so that parse_size() reads it back: the largest power of 1024 that leaves a whole
// number. 268435456 is "256MiB", 1000 is "1000".
std::string size_text(uint64_t bytes);

}  // namespace syncmanager

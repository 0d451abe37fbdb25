#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace syncmanager::manager {

// The values that flags take on the command line and in a --config file. Each function but the last
// returns a validator for Option::transform(). It rewrites the word as CLI11 reads it into the
// flag's variable, or answers with what it expected.

// A duration from `least` to `most`, as parse_duration() reads it; rewritten in microseconds.
CLI::Validator duration_between(std::chrono::microseconds least, std::chrono::microseconds most);

// A number of bytes of at most `most`, as parse_size() reads it; rewritten in bytes. `because` ends
// the error for a size above it.
CLI::Validator size_up_to(uint64_t most, std::string_view because);
CLI::Validator any_size();

// A whole number, 0 or more, of at most `most`.
CLI::Validator number_up_to(uint64_t most);

// One of these words.
CLI::Validator one_of(std::vector<std::string> words);

// A text of 1 to `most` bytes. `kind` is what it is, for the error: "the path of a file".
CLI::Validator text(std::string_view kind, size_t most = std::numeric_limits<size_t>::max());

// The path of a file that can be opened for reading.
CLI::Validator readable_file();

// Returns the addresses between commas. A comma may also be part of a path: it ends an address only
// if another address follows.
std::vector<std::string> split_addresses(std::string_view text);

}  // namespace syncmanager::manager

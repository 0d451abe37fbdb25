#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace syncmanager::manager {

// The name with dashes between its words, which may also be joined by underscores.
std::string dashed(std::string_view name);

// Says that the App has no flag of that name (without the dashes before it), and which one was
// meant if a name is near.
std::string no_such_flag(const CLI::App& app, std::string_view name);

// Returns the words of a command line as CLI11 wants them: the last one first, and without the
// program. Names get dashes, and --name=value becomes two words, because CLI11 would take the next
// word for the value of `--name=`. Throws CLI::ValidationError for `--name=` of a flag that is true
// or false.
std::vector<std::string> words_for(const CLI::App& app, int argc, const char* const* argv);

}  // namespace syncmanager::manager

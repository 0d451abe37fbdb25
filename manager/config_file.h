#pragma once

#include <CLI/CLI.hpp>
#include <iosfwd>
#include <vector>

namespace syncmanager::manager {

// The reader of --config files, for App::config_formatter(). A file is TOML without sections: a
// line is `flag = value`. A value is a "text" with \" and \\, a 'text' without escapes, a word
// (even one that TOML wants in quotes), or a list of these, over several lines if need be:
// `["unix:", "tcp://10.0.0.5:7000"]`. A # begins a comment. CLI11's own reader finds comments
// inside texts, and passes over what it can't read.
class ConfigFile : public CLI::ConfigBase {
 public:
  // Reads files with flags of that App, which outlives the reader.
  explicit ConfigFile(CLI::App& app) : app_(app) {}

  // Returns the flags of the file with their values, which the validators of the flags have seen.
  // Throws CLI::ConfigError with the number of the line, the flag and what was expected.
  std::vector<CLI::ConfigItem> from_config(std::istream& file) const override;

 private:
  CLI::App& app_;
};

}  // namespace syncmanager::manager

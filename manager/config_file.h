#pragma once

#include <CLI/CLI.hpp>
#include <iosfwd>
#include <vector>

namespace syncmanager::manager {

// The reader of --config files, for App::config_formatter(). A file is a part of TOML: a line is
// `flag = value`, a value is a word, a "text" with \" and \\, a 'text' without escapes, or a list
// of these: `["unix:", "tcp://10.0.0.5:7000"]`, over several lines if need be. A # begins a
// comment. CLI11's own reader finds comments inside texts, and passes over what it can't read.
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

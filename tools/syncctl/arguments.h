#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tools/syncctl/target.h"
#include "tools/syncctl/values/input.h"

// The arguments that several commands have. Each function adds one to a command; the variable that
// it fills in must outlive the command line.
namespace syncmanager {

// A name can't be empty: an object without a name would end with syncctl.
void add_name(CLI::App& command, std::string& name, const std::string& what);

// The flag takes a duration of a year at most, the manager's longest.
CLI::Option& add_duration(CLI::App& command, const std::string& flag,
                          std::optional<std::chrono::microseconds>& duration,
                          const std::string& what);
inline constexpr const char* kOfTimeout = "How long to wait at most; 0: not at all";
CLI::Option& add_timeout(CLI::App& command, std::optional<std::chrono::microseconds>& timeout,
                         const std::string& what = kOfTimeout);

// The name of an object that must exist, --wait and --timeout.
void add_target(CLI::App& command, Target& target, const std::string& what,
                const std::string& of_timeout = kOfTimeout);

// How words are read as values: --as, and with `files` also --lines, --null, --whole and --literal.
void add_as(CLI::App& command, As& as, const std::string& flag, const std::string& what);
void add_reading(CLI::App& command, Reading& reading);

// The last words of a command: [KEY] VALUE, of which an object without keys has the VALUE alone.
struct KeyAndValue {
  std::optional<std::string> key, value;
};
// Adds the two as positional arguments, and --key-as. `what_value` describes the value.
void add_key_and_value(CLI::App& command, KeyAndValue& words, As& key_as,
                       const std::string& value_name, const std::string& what_value);

// The notes about values, for the help of the commands that read them.
extern const char* const kValueNotes;

}  // namespace syncmanager

#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "tools/syncctl/values/shell_value.h"

namespace syncmanager {

// How values are printed.
struct Writing {
  bool json = false;
  bool raw = false;   // Text and bytes as they are, and nothing after them.
  bool null = false;  // A NUL after each value, in place of a line break.
};

// Adds --raw and --null to a command.
void add_writing(CLI::App& command, Writing& writing);

// Returns the value as standard output is to have it, with its end.
std::string written(const ShellValue& value, const Writing& writing);

}  // namespace syncmanager

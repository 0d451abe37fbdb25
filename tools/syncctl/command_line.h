#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "tools/syncctl/common.h"

namespace syncmanager {

// An example in the help of a command. The tests run its line.
struct Example {
  const char* does;
  const char* line;  // As a person types it into a shell.
};

// The help of a command, but for its arguments.
struct Command {
  const char* group;  // The heading in the list of all commands.
  const char* name;
  const char* does;
  std::vector<Example> examples;
  const char* notes = "";  // Paragraphs, which end with the exit codes.
};

// The command line of syncctl: its commands, the flags that all of them have, and the help.
class CommandLine {
 public:
  CommandLine();

  // Adds a command, and returns it for its arguments. `action` runs it: it returns the exit code
  // (0, or 1 for what a script must expect, such as a timeout) and throws Error for failures.
  CLI::App& add(const Command& command, std::function<int(const Common&)> action);

  // Runs the command that the words name, or prints the help or the version, and returns the exit
  // code. Throws InvalidArgument, which says where the help is, for words that make no sense.
  int run(int argc, char** argv);

 private:
  std::string explain(const CLI::ParseError& error) const;
  void take_marks_off();

  CLI::App app_;
  Common common_;
  std::function<int(const Common&)> chosen_;
};

}  // namespace syncmanager

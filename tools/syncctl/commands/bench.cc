#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tools/syncctl/commands.h"

namespace syncmanager {
namespace {

// Becomes the bench, which is beside syncctl where it is installed, and in a folder of its own in a
// build tree.
int bench(const std::vector<std::string>& words) {
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  std::string program = (here / "syncmanager-bench").string();
  if (::access(program.c_str(), X_OK) != 0) {
    program = (here / "../bench/syncmanager-bench").string();
  }
  if (::access(program.c_str(), X_OK) != 0) {
    throw Error(
        "there is no bench beside syncctl: install the component \"bench\", or build it by "
        "`tools/dev build all` with libhiredis-dev");
  }
  std::vector<char*> argv{program.data()};
  std::vector<std::string> copies = words;
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  throw Error("can't start " + program);
}

}  // namespace

void add_bench(CommandLine& line) {
  const auto words = std::make_shared<std::vector<std::string>>();
  CLI::App& command = line.add({.group = "The manager",
                                .name = "bench",
                                .does = "Measure a manager beside CPython's and Redis",
                                .examples = {{"What it measures", "syncctl bench -- --help"}}},
                               [words](const Common&) { return bench(*words); });
  command.add_option("flags", *words, "The flags of the bench, after --");
}

}  // namespace syncmanager

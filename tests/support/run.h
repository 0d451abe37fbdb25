#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

namespace syncmanager {

struct Ended {
  int code = -1;  // What it exited with; -1: it didn't.
  std::string output;
};

// Runs a shell command, and returns what it printed onto both of its outputs.
inline Ended run(const std::string& command) {
  Ended ended;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return ended;
  std::array<char, 4096> block;
  while (fgets(block.data(), block.size(), pipe) != nullptr) ended.output += block.data();
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
  return ended;
}

}  // namespace syncmanager

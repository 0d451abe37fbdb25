// Gives a fuzzer the inputs of a directory once, in any build.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/fuzz/fuzz.h"

int main(int argc, char** argv) {
  int inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argc > 1 ? argv[1] : ".")) {
    std::ostringstream input;
    input << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    std::printf("%s\n", entry.path().c_str());
    std::fflush(stdout);  // So that the last one named is the one that ended the program.
    syncmanager::fuzz(input.str());
    ++inputs;
  }
  return inputs > 0 ? 0 : 1;
}

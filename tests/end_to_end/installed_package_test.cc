#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/support/test_server.h"

namespace syncmanager {
namespace {

struct Ended {
  int status = -1;
  std::string output;
};

// Runs a shell command and returns what it printed.
Ended run(const std::string& command) {
  Ended ended;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> block;
  while (pipe != nullptr && fgets(block.data(), block.size(), pipe) != nullptr) {
    ended.output += block.data();
  }
  if (pipe != nullptr) ended.status = pclose(pipe);
  return ended;
}

TEST(InstalledPackageTest, AProgramOutsideTheTreeBuildsAgainstItAndRuns) {
  const TestServer server;
  // Configured and built outside of the tree: the package is all that it can find.
  const std::string prefix = server.directory() + "/prefix", build = server.directory() + "/build";
  const std::string cmake = SYNCMANAGER_CMAKE;
  for (const std::string& command :
       {cmake + " --install " SYNCMANAGER_BUILD " --component client --prefix " + prefix,
        cmake + " -S " SYNCMANAGER_GREETING " -B " + build + " -DCMAKE_PREFIX_PATH=" + prefix +
            " -DCMAKE_CXX_FLAGS=\"" SYNCMANAGER_FLAGS "\"",
        cmake + " --build " + build}) {
    const Ended ended = run(command);
    ASSERT_EQ(ended.status, 0) << command << '\n' << ended.output;
  }
  const Ended greeting =
      run("SYNCMANAGER_URL=" + server.unix_address() +
          " SYNCMANAGER_AUTHKEY_FILE=" + server.key_file() + " " + build + "/greeting");
  EXPECT_EQ(greeting.status, 0);
  EXPECT_EQ(greeting.output, "hello\n");
}

}  // namespace
}  // namespace syncmanager

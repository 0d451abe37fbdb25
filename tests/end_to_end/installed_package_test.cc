#include <gtest/gtest.h>

#include <string>

#include "tests/support/run.h"
#include "tests/support/test_server.h"

namespace syncmanager {
namespace {

TEST(InstalledPackageTest, AProgramOutsideTheTreeBuildsAgainstItAndRuns) {
  const TestServer server;
  // Configured and built outside of the tree: the package is all that it can find.
  const std::string prefix = server.directory() + "/prefix", build = server.directory() + "/build";
  const std::string cmake = SYNCMANAGER_CMAKE;
  for (const std::string& command :
       {cmake + " --install " SYNCMANAGER_BUILD " --component client --prefix " + prefix,
        cmake + " -G Ninja -S " SYNCMANAGER_GREETING " -B " + build +
            " -DCMAKE_PREFIX_PATH=" + prefix + " -DCMAKE_CXX_FLAGS=\"" SYNCMANAGER_FLAGS "\"",
        cmake + " --build " + build}) {
    const Ended ended = run(command);
    ASSERT_EQ(ended.code, 0) << command << '\n' << ended.output;
  }
  const Ended greeting =
      run("SYNCMANAGER_URL=" + server.unix_address() +
          " SYNCMANAGER_AUTHKEY_FILE=" + server.key_file() + " " + build + "/greeting");
  EXPECT_EQ(greeting.code, 0);
  EXPECT_EQ(greeting.output, "hello\n");
}

}  // namespace
}  // namespace syncmanager

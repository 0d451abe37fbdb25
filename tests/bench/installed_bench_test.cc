#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "tests/support/run.h"

namespace syncmanager {
namespace {

using ::testing::HasSubstr;

class InstalledBenchTest : public ::testing::Test {
 protected:
  InstalledBenchTest() {
    if (mkdtemp(prefix_.data()) == nullptr) ADD_FAILURE() << "no folder to install into";
  }
  ~InstalledBenchTest() override { std::filesystem::remove_all(prefix_); }

  std::string prefix_ = std::filesystem::temp_directory_path() / "installed-bench-XXXXXX";
};

TEST_F(InstalledBenchTest, MeasuresEverySystemOutsideTheTree) {
  const std::string cmake = SYNCMANAGER_CMAKE;
  for (const std::string component : {"bench", "python"}) {
    const Ended installed = run(cmake + " --install " SYNCMANAGER_BUILD " --component " +
                                component + " --prefix " + prefix_);
    ASSERT_EQ(installed.code, 0) << installed.output;
  }
  const Ended measured = run("cd / && " + prefix_ +
                             "/bin/syncmanager-bench --quick --only 'make proxies' "
                             "'blocked get p50: hand-over over unix, against Redis'");
  EXPECT_EQ(measured.code, 0) << measured.output;
  EXPECT_THAT(measured.output, HasSubstr("make proxies from Python over unix, against CPython"));
  EXPECT_THAT(measured.output, HasSubstr("hand-over over unix, against Redis"));
}

}  // namespace
}  // namespace syncmanager

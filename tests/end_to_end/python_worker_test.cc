// A submitter in C++ whose tasks a worker in Python does.

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// `python3 -m syncmanager.worker` with one worker, of the package in the build tree.
class PythonWorker {
 public:
  // Returns when it says that SIGTERM ends it.
  PythonWorker(const TestServer& server, const std::string& pool) {
    const std::string url = server.unix_address(), key_file = server.key_file();
    int output[2];
    if (::pipe(output) != 0) throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(output[1], STDOUT_FILENO);
      ::execl("/usr/bin/env", "env", "PYTHONPATH=" SYNCMANAGER_PACKAGE, "PYTHONDONTWRITEBYTECODE=1",
              SYNCMANAGER_PYTHON, "-m", "syncmanager.worker", "--connect", url.c_str(),
              "--key-file", key_file.c_str(), "--pool", pool.c_str(), "--processes", "1", nullptr);
      ::_exit(127);
    }
    ::close(output[1]);
    std::string line;
    for (char c = 0; ::read(output[0], &c, 1) == 1 && c != '\n';) line.push_back(c);
    ::close(output[0]);
    EXPECT_THAT(line, HasSubstr("Ctrl-C ends them"));
  }
  ~PythonWorker() {
    int status = 0;
    ::kill(pid_, SIGTERM);
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  PythonWorker(const PythonWorker&) = delete;
  PythonWorker& operator=(const PythonWorker&) = delete;

 private:
  pid_t pid_ = -1;
};

class PythonWorkerTest : public ClientTest {
 protected:
  Pool pool = client.pool("pool");
  PythonWorker worker{server, "pool"};
};

TEST_F(PythonWorkerTest, CallsAnyFunctionThatPythonCanImport) {
  EXPECT_EQ(pool.submit<int>("python:operator:mul", 6, 7).get(), 42);
  using Pair = std::tuple<int, int>;
  EXPECT_EQ(pool.submit<Pair>("python:builtins:divmod", 17, 5).get(), Pair(3, 2));
  const std::vector<std::string> words = {"pear", "apple", "fig"};
  EXPECT_THAT(pool.submit<std::vector<std::string>>("python:builtins:sorted", words).get(),
              ElementsAre("apple", "fig", "pear"));
  const auto lengths = std::map<std::string, int>{{"fig", 3}};
  EXPECT_EQ(pool.submit<int>("python:operator:getitem", lengths, "fig").get(), 3);
  EXPECT_THROW(pool.submit<int>("python:builtins:str", 7).get(), WrongType);
}

TEST_F(PythonWorkerTest, MapsOneOverARange) {
  std::vector<int> expected;
  for (int i = 0; i < 10'000; ++i) expected.push_back(-i);
  EXPECT_EQ(pool.map<int>("python:operator:neg", std::views::iota(0, 10'000)), expected);
}

TEST_F(PythonWorkerTest, WhatPythonRaisesIsThrownWithItsTraceback) {
  try {
    pool.submit<double>("python:statistics:mean", std::vector<double>()).get();
    FAIL() << "nothing has no mean";
  } catch (const TaskFailed& failed) {
    EXPECT_EQ(failed.type(), "StatisticsError");
    EXPECT_EQ(failed.message(), "mean requires at least one data point");
    EXPECT_THAT(failed.traceback(),
                AllOf(HasSubstr("Traceback (most recent call last):"), HasSubstr("in mean")));
  }
  EXPECT_THROW(pool.submit<int>("python:no_such_module:f").get(), TaskFailed);
  EXPECT_EQ(pool.submit<int>("python:operator:mul", 6, 7).get(), 42) << "the worker goes on";
}

}  // namespace
}  // namespace syncmanager

#include "tools/bench/child.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string>

#include "tools/bench/usage.h"

namespace syncmanager::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

TEST(Child, AnswersLines) {
  Child cat({"/bin/cat"});
  cat.write_line("one");
  cat.write_line("two");
  EXPECT_EQ(cat.read_line(5s), "one");
  EXPECT_EQ(cat.read_line(5s), "two");
}

TEST(Child, ThatSaysNothingIsAnErrorAndNotAHang) {
  Child cat({"/bin/cat"});
  EXPECT_THAT([&] { cat.read_line(10ms); },
              ThrowsMessage<std::runtime_error>(HasSubstr("said nothing for 10 ms")));
}

TEST(Child, ThatEndsByItselfIsAnError) {
  Child child({"/bin/true"});
  EXPECT_THAT([&] { child.read_line(5s); },
              ThrowsMessage<std::runtime_error>(HasSubstr("/bin/true")));
}

TEST(Child, IsGoneWhenItsObjectIs) {
  pid_t pid = -1;
  {
    const Child cat({"/bin/cat"});
    pid = cat.pid();
    EXPECT_EQ(kill(pid, 0), 0);
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(Child, HasMemoryOfItsOwnWhileItRuns) {
  Child cat({"/bin/cat"});
  cat.write_line("started");
  cat.read_line(5s);
  EXPECT_GT(private_bytes(cat.pid()), 4096);
  EXPECT_GT(cpu_seconds(cat.pid()), 0);
  const pid_t pid = cat.pid();
  cat.stop();
  EXPECT_THROW(cpu_seconds(pid), std::runtime_error);
  EXPECT_THROW(private_bytes(pid), std::runtime_error);
}

}  // namespace
}  // namespace syncmanager::bench

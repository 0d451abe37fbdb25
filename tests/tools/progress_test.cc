#include "tools/progress/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include <array>
#include <memory>

namespace syncmanager {
namespace {

using std::chrono::seconds;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

// A stream of a pipe or of a terminal, and what was written to it.
class Written {
 public:
  static Written pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    return {ends[0], ends[1]};
  }
  static Written terminal() {
    int screen = -1, program = -1;
    EXPECT_EQ(::openpty(&screen, &program, nullptr, nullptr, nullptr), 0);
    return {screen, program};
  }

  std::FILE* stream() { return stream_.get(); }
  std::string text() {
    std::array<char, 4096> bytes{};
    const ssize_t count = ::read(::fileno(screen_.get()), bytes.data(), bytes.size());
    return {bytes.data(), static_cast<size_t>(std::max<ssize_t>(count, 0))};
  }

 private:
  Written(int screen, int program)
      : screen_(::fdopen(screen, "r"), &std::fclose),
        stream_(::fdopen(program, "w"), &std::fclose) {}

  File screen_, stream_;
};

TEST(ProgressTest, ATerminalHasOneLineThatIsDrawnAgain) {
  Written terminal = Written::terminal();
  Progress progress(terminal.stream());
  progress.show("1 of 3");
  progress.show("2 of 3");
  progress.finish("3 of 3");
  EXPECT_EQ(terminal.text(), "\r\033[K1 of 3\r\033[K2 of 3\r\033[K3 of 3\r\n");
}

TEST(ProgressTest, APipeGetsALineEveryFewSecondsAndTheLastOne) {
  Written pipe = Written::pipe();
  Progress progress(pipe.stream(), seconds(5));
  const auto start = Progress::Clock::now();
  progress.show("early", start + seconds(1));
  progress.show("after six seconds", start + seconds(6));
  progress.show("after eight", start + seconds(8));
  progress.show("after twelve", start + seconds(12));
  progress.clear();
  progress.finish("done");
  EXPECT_EQ(pipe.text(), "after six seconds\nafter twelve\ndone\n");
}

TEST(ProgressTest, ABarIsNeverLongerThanItsFrame) {
  EXPECT_EQ(progress_bar(0, 0, 4), "[    ]");
  EXPECT_EQ(progress_bar(1, 2, 4), "[##  ]");
  EXPECT_EQ(progress_bar(2, 2, 4), "[####]");
  EXPECT_EQ(progress_bar(3, 2, 4), "[####]");
}

}  // namespace
}  // namespace syncmanager

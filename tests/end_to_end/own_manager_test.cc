// A program's own manager: that it starts whatever the program is like, and ends with it.

#include <signal.h>
#include <syncmanager/client.h>
#include <syncmanager/own_manager.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace syncmanager {
namespace {

// What a program's main() returns in a process of its own.
int result_of(const std::function<int()>& program) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      _exit(program());
    } catch (const std::exception& error) {
      _exit(2);
    }
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST(OwnManagerTest, StartsForAProgramWithoutStandardInputAndOutput) {
  const std::vector<std::vector<int>> cases = {{}, {0}, {1}, {0, 1}, {0, 1, 2}};
  for (const std::vector<int>& closed : cases) {
    EXPECT_EQ(result_of([&closed] {
                for (const int each : closed) close(each);
                const OwnManager manager;
                const Client client(manager.address(), {.key_file = manager.key_file()});
                client.lock("door").lock();
                return 0;
              }),
              0)
        << closed.size() << " descriptors closed";
  }
}

TEST(OwnManagerTest, EndsWhenItsProgramIsKilled) {
  int words[2];
  ASSERT_EQ(pipe(words), 0);
  EXPECT_EQ(result_of([&words] {
              const OwnManager manager;
              const std::string key = manager.key_file();
              if (write(words[1], key.data(), key.size()) < 0) return 1;
              return kill(getpid(), SIGKILL);
            }),
            -SIGKILL);
  close(words[1]);
  // The manager has the other end of the pipe too, until it has ended.
  std::string key;
  for (char c = 0; read(words[0], &c, 1) == 1;) key.push_back(c);
  close(words[0]);
  const std::filesystem::path directory = std::filesystem::path(key).parent_path();
  EXPECT_TRUE(std::filesystem::exists(directory / "key"));
  EXPECT_FALSE(std::filesystem::exists(directory / "socket")) << "it didn't take leave";
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace syncmanager

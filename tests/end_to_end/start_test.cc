// How a manager starts: with flags, and without any.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <syncmanager/client.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "protos/support/str_cat.h"
#include "tests/support/test_server.h"

namespace syncmanager {
namespace {

TEST(StartTest, AJsonLogIsAnObjectALine) {
  TestServer server({"--log-json", "--log-level=debug"});
  // A name with all that JSON has to escape.
  {
    const Client client(server.unix_address(),
                        {.key_file = server.key_file(), .name = "\"\\\n\t\x01"});
  }
  EXPECT_EQ(server.wait(), 0);
  std::istringstream log(server.log());
  int lines = 0;
  for (std::string line; std::getline(log, line); ++lines) {
    const nlohmann::json entry = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(entry.is_object()) << line;
    EXPECT_TRUE(entry.contains("time") && entry.contains("level") && entry.contains("message"));
  }
  EXPECT_GT(lines, 0);
}

// Standard error of this process is a disk without room, while this lives.
class FullDisk {
 public:
  FullDisk() : before_(::dup(STDERR_FILENO)) {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    ::dup2(full, STDERR_FILENO);
    ::close(full);
  }
  ~FullDisk() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  int before_;
};

TEST(StartTest, ALogOnAFullDiskStopsNobody) {
  const FullDisk disk;
  ManagerProcess manager(
      {.program = SYNCMANAGERD_PATH, .key_id = "test", .flags = {"--log-level=debug"}});
  {
    const Client client(manager.addresses()[0], {.key_file = manager.key_file()});
    client.queue<int>("jobs").put(1);
    EXPECT_EQ(client.queue<int>("jobs").get(), 1);
  }
  manager.send_signal(SIGTERM);
  EXPECT_EQ(manager.wait(), 0);
}

TEST(StartTest, ALimitOfTheCommandLineIsTheEngines) {
  const TestServer server({"--max-objects=1"});
  const Client client(server.unix_address(), {.key_file = server.key_file()});
  client.lock("the only one");
  EXPECT_THROW(client.lock("another"), LimitExceeded);
}

TEST(StartTest, APathMayHaveTheCommaThatStandsBetweenAddresses) {
  const std::string place = testing::TempDir() + "start_test_" + std::to_string(getpid());
  const TestServer server({str_cat("--listen=unix:", place, ",a,unix:", place, ",b,127.0.0.1:0")});
  EXPECT_THAT(
      server.addresses(),
      testing::ElementsAre(server.unix_address(), server.tcp_address(), "unix:" + place + ",a",
                           "unix:" + place + ",b", testing::StartsWith("tcp://127.0.0.1:")));
}

// While it lives, standard error of this process is a full pipe without a reader.
class UnreadPipe {
 public:
  UnreadPipe() : before_(::dup(STDERR_FILENO)) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader_ = ends[0];
    const std::string page(4096, '\n');
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (::write(ends[1], page.data(), page.size()) > 0) {
    }
    ::fcntl(ends[1], F_SETFL, 0);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[1]);
  }
  ~UnreadPipe() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    ::close(reader_);
  }
  UnreadPipe(const UnreadPipe&) = delete;
  UnreadPipe& operator=(const UnreadPipe&) = delete;

 private:
  int before_, reader_ = -1;
};

TEST(StartTest, ALogThatNobodyReadsStopsNobody) {
  const UnreadPipe unread;
  ManagerProcess manager(
      {.program = SYNCMANAGERD_PATH, .key_id = "test", .flags = {"--log-level=debug"}});
  {
    const Client client(manager.addresses()[0], {.key_file = manager.key_file()});
    client.queue<int>("jobs").put(1);
    EXPECT_EQ(client.queue<int>("jobs").get(), 1);
  }
  manager.send_signal(SIGTERM);
  EXPECT_EQ(manager.wait(), 0);
}

TEST(StartTest, ItTakesLeaveWhenItsLifelineIsCut) { EXPECT_EQ(TestServer().wait(), 0); }

TEST(StartTest, WithoutFlagsItListensWhereAClientWithoutAnyLooks) {
  std::string directory = testing::TempDir() + "start_test_XXXXXX";
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  setenv("XDG_RUNTIME_DIR", directory.c_str(), 1);
  int output[2];
  ASSERT_EQ(pipe(output), 0);
  const pid_t manager = fork();
  if (manager == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output[1], STDOUT_FILENO);
    execl(SYNCMANAGERD_PATH, "syncmanagerd", nullptr);
    _exit(127);
  }
  close(output[1]);
  std::string line;
  for (char c = 0; read(output[0], &c, 1) == 1 && c != '\n';) line.push_back(c);
  close(output[0]);

  EXPECT_EQ(line, "listening on unix:" + directory + "/syncmanager/syncmanager.sock");
  EXPECT_TRUE(Client().lock("door").try_lock());

  kill(manager, SIGTERM);
  int status = 0;
  EXPECT_EQ(waitpid(manager, &status, 0), manager);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  unsetenv("XDG_RUNTIME_DIR");
  std::filesystem::remove_all(directory);
}

// Even where the directory lets others in.
TEST(StartTest, AnotherUserCantConnectToItsUnixSocket) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const TestServer server;
  ASSERT_EQ(chmod(server.directory().c_str(), 0755), 0);
  const pid_t child = fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (setuid(kNobody) != 0) _exit(1);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    server.unix_address().copy(name.sun_path, sizeof(name.sun_path) - 1, 5);  // After "unix:".
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const int result = connect(socket, reinterpret_cast<const sockaddr*>(&name), sizeof(name));
    _exit(result != 0 && errno == EACCES ? 0 : 2);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace syncmanager

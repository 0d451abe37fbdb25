// Connecting where no manager answers: what is wrong is said at once, with what to do, and a
// program that waits for its manager says so.

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <syncmanager/own_manager.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include "tests/support/client_fixture.h"
#include "tests/support/forked.h"

namespace syncmanager {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

// A socket of this process at a port that the system chose.
class Port {
 public:
  Port() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address_), size), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &size), 0);
  }
  ~Port() { ::close(socket_); }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  void listen() const { EXPECT_EQ(::listen(socket_, 10), 0); }
  // Accepts one client, and closes the connection when it has said something and was answered.
  void answer(const std::string& words) const {
    const int client = ::accept(socket_, nullptr, nullptr);
    char byte = 0;
    if (::read(client, &byte, 1) == 1 && !words.empty()) {
      EXPECT_EQ(::write(client, words.data(), words.size()), static_cast<ssize_t>(words.size()));
      while (::read(client, &byte, 1) == 1) {
      }
    }
    ::close(client);
  }
  std::string url() const {
    return "syncmanager://127.0.0.1:" + std::to_string(ntohs(address_.sin_port));
  }

 private:
  const int socket_;
  sockaddr_in address_{};
};

class ConnectingTest : public testing::Test {
 protected:
  // Returns the error that the constructor throws within two seconds.
  ConnectFailed failure_of(const std::string& url, ClientOptions options = {}) const {
    if (options.key_file.empty()) options.key_file = server.key_file();
    const auto began = std::chrono::steady_clock::now();
    try {
      const Client client(url, options);
      ADD_FAILURE() << "a manager listens at " << url;
    } catch (const ConnectFailed& failure) {
      EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(2)) << url;
      EXPECT_THAT(failure.what(), HasSubstr(url));
      EXPECT_THAT(failure.what(), testing::Not(HasSubstr("addresses"))) << "gRPC's words";
      return failure;
    }
    return {"", {}};
  }
  std::string path(const std::string& name) const { return server.directory() + "/" + name; }

  const TestServer server;
};

TEST_F(ConnectingTest, APortWhereNobodyListensRefuses) {
  const Port nobody;
  const ConnectFailed failure = failure_of(nobody.url());
  EXPECT_EQ(failure.code(), std::errc::connection_refused);
  EXPECT_THAT(failure.what(), HasSubstr("`syncmanagerd --listen=tcp://127.0.0.1:"));
}

TEST_F(ConnectingTest, APathWithoutASocketIsNotFound) {
  const ConnectFailed failure = failure_of("unix:" + path("none"));
  EXPECT_EQ(failure.code(), std::errc::no_such_file_or_directory);
  EXPECT_THAT(failure.what(), HasSubstr("`syncmanagerd --listen=unix:" + path("none") + "`"));
}

TEST_F(ConnectingTest, AStaleSocketAndAFileThatIsNoneAreToldApart) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path("stale").copy(name.sun_path, sizeof(name.sun_path) - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
  ::close(socket);
  std::ofstream(path("file")) << "no socket";

  const ConnectFailed stale = failure_of("unix:" + path("stale"));
  EXPECT_EQ(stale.code(), std::errc::connection_refused);
  EXPECT_THAT(stale.what(), HasSubstr("the manager that made this socket has ended"));
  EXPECT_THAT(failure_of("unix:" + path("file")).what(), HasSubstr("no socket; check the path"));
}

TEST_F(ConnectingTest, APathThatNoSocketCanHaveIsTooLong) {
  const ConnectFailed failure = failure_of("unix:" + path(std::string(200, 'x')));
  EXPECT_EQ(failure.code(), std::errc::filename_too_long);
  EXPECT_THAT(failure.what(), HasSubstr("the system takes 107"));
}

TEST_F(ConnectingTest, AnotherUsersSocketIsForbidden) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  ASSERT_EQ(chmod(server.directory().c_str(), 0755), 0);
  const std::string key = [this] {
    std::ifstream file(server.key_file());
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  EXPECT_EQ(result_of_child([&] {
              constexpr uid_t kNobody = 65534;
              if (setuid(kNobody) != 0) return 1;
              const ConnectFailed failure = failure_of(server.unix_address(), {.key = key});
              return failure.code() == std::errc::permission_denied ? 0 : 2;
            }),
            0);
}

TEST_F(ConnectingTest, AHostWithoutAnAddressIsTheResolversError) {
  const ConnectFailed failure = failure_of("syncmanager://no-such-host.invalid:7000");
  EXPECT_STREQ(failure.code().category().name(), "getaddrinfo");
  EXPECT_THAT(failure.what(), HasSubstr("\"no-such-host.invalid\" can't be resolved"));
}

TEST_F(ConnectingTest, AnotherSchemeIsNamed) {
  try {
    const Client client("http://127.0.0.1:80");
    ADD_FAILURE() << "it is taken";
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), HasSubstr("http://127.0.0.1:80"));
    EXPECT_THAT(error.what(), HasSubstr("expected unix:/path or syncmanager://"));
  }
}

TEST_F(ConnectingTest, AnotherProgramIsNoManager) {
  const Port port;
  port.listen();
  std::thread web([&] { port.answer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"); });
  const ConnectFailed failure = failure_of(port.url());
  EXPECT_EQ(failure.code(), std::errc::protocol_error);
  EXPECT_THAT(failure.what(), HasSubstr("another program than a manager listens there"));
  web.join();
}

TEST_F(ConnectingTest, AnotherProgramSpeaksNoTls) {
  const Port port;
  port.listen();
  std::thread web([&] { port.answer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"); });
  const ConnectFailed failure =
      failure_of("tls" + port.url().substr(port.url().find(':')), {.key_file = server.key_file()});
  EXPECT_EQ(failure.code(), std::errc::protocol_error);
  EXPECT_THAT(failure.what(), HasSubstr("another program than a manager listens there"));
  web.join();
}

TEST_F(ConnectingTest, AProgramThatSaysNothingIsGivenUp) {
  const Port port;
  port.listen();
  const ConnectFailed failure =
      failure_of(port.url(), {.connect_timeout = std::chrono::milliseconds(300)});
  EXPECT_EQ(failure.code(), std::errc::timed_out);
  EXPECT_THAT(failure.what(), HasSubstr("there was no answer in time"));
}

// A manager that lets a whole fleet in a few at a time ends connections, too.
TEST_F(ConnectingTest, AConnectionThatIsEndedIsTriedAgain) {
  const Port port;
  port.listen();
  std::thread closing([&] {
    for (int i = 0; i < 3; ++i) port.answer("");
  });
  auto failure = std::async(std::launch::async, [&] {
    return failure_of(port.url(), {.connect_timeout = std::chrono::milliseconds(500)});
  });
  closing.join();
  EXPECT_NE(failure.get().code(), std::error_code());
}

TEST_F(ConnectingTest, APathIsAnAddressToo) {
  const std::string path = server.unix_address().substr(std::string("unix:").size());
  Client(path, {.key_file = server.key_file()}).ping();
}

TEST_F(ConnectingTest, AProgramThatWaitsForItsManagerFindsIt) {
  const std::string address = "unix:" + path("late");
  auto client = std::async(std::launch::async, [&] {
    return Client(address, {.key_file = server.key_file(), .connect_timeout = seconds(30)});
  });
  const ManagerProcess late({.program = SYNCMANAGERD_PATH,
                             .key_id = "late",
                             .listen = {address},
                             .flags = {"--authkey-file=" + server.key_file()}});
  client.get().ping();
}

TEST_F(ConnectingTest, AManagerOfOnesOwnNeedsNoKeyFileAndNoEnvironment) {
  OwnManager::Options options;
  options.program = SYNCMANAGERD_PATH;
  const OwnManager manager(options);
  const Client client(manager);
  client.queue<int>("jobs").put(1);
  EXPECT_EQ(Client(manager, {.name = "another"}).queue<int>("jobs").get(), 1);
}

TEST_F(ConnectingTest, EachOfAHostsAddressesIsTried) {
  const std::string port = server.tcp_address().substr(server.tcp_address().rfind(':'));
  // ::1, without a listener, and 127.0.0.1 on most hosts.
  Client("syncmanager://localhost" + port, {.key_file = server.key_file()}).ping();
}

// In a process that has no keys, nor managers where a manager without flags listens.
class WithoutManagerTest : public ConnectingTest {
 protected:
  WithoutManagerTest() { setenv("XDG_RUNTIME_DIR", server.directory().c_str(), 1); }
  ~WithoutManagerTest() override { unsetenv("XDG_RUNTIME_DIR"); }
};

TEST_F(WithoutManagerTest, AClientIsToldHowToStartOne) {
  try {
    const Client client;
    ADD_FAILURE() << "there is a manager";
  } catch (const ConnectFailed& failure) {
    EXPECT_EQ(failure.code(), std::errc::no_such_file_or_directory);
    EXPECT_THAT(failure.what(), HasSubstr("no manager is running there"));
    EXPECT_THAT(failure.what(), HasSubstr("start one with `syncmanagerd`"));
  }
}

TEST_F(WithoutManagerTest, AClientWithoutAKeyIsToldHowToNameOne) {
  try {
    const Client client(server.unix_address());
    ADD_FAILURE() << "there is a key";
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), HasSubstr("there is no key for this manager"));
    EXPECT_THAT(error.what(), HasSubstr("$SYNCMANAGER_AUTHKEY_FILE"));
  }
}

TEST_F(WithoutManagerTest, AKeyInTheEnvironmentServesMoreThanOnce) {
  EXPECT_EQ(result_of_child([this] {
              std::string line;
              std::getline(std::ifstream(server.key_file()), line);
              setenv("SYNCMANAGER_AUTHKEY", line.c_str(), 1);
              const Client one(server.unix_address());
              const Client two(server.unix_address());
              two.ping();
              return getenv("SYNCMANAGER_AUTHKEY") == nullptr ? 0 : 1;
            }),
            0);
}

}  // namespace
}  // namespace syncmanager

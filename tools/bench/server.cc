#include "tools/bench/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "protos/auth/key_file.h"

namespace syncmanager::bench {
namespace {

using std::chrono_literals::operator""s;

constexpr std::string_view kPython = "/usr/bin/python3";  // Debian's, whatever PATH says.
constexpr std::string_view kRedis = "/usr/bin/redis-server";
constexpr auto kStarting = 10s;
constexpr auto kGrowing = 60s;
constexpr int kObjects = 100'000;
constexpr int64_t kLargestValue = int64_t{1} << 30;

// A port of loopback that nobody listens on at the moment.
int free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const bound = reinterpret_cast<sockaddr*>(&address);
  const bool found = listener >= 0 && bind(listener, bound, length) == 0 &&
                     getsockname(listener, bound, &length) == 0;
  close(listener);
  if (!found) throw std::runtime_error("no free port on loopback");
  return ntohs(address.sin_port);
}

// What follows `mark` in the first line of the server's that has it.
std::string await_mark(Child& server, std::string_view mark) {
  for (;;) {
    const std::string line = server.read_line(kStarting);
    if (const size_t found = line.find(mark); found != std::string::npos) {
      return line.substr(found + mark.size());
    }
  }
}

std::string_view name_of(Transport transport) {
  switch (transport) {
    case Transport::kUnix:
      return "unix";
    case Transport::kTcp:
      return "TCP";
    case Transport::kTls:
      return "TLS";
  }
  return "";
}

}  // namespace

std::string_view name_of(System system) {
  switch (system) {
    case System::kOurs:
      return "ours";
    case System::kPython:
      return "ours from Python";
    case System::kCpython:
      return "CPython";
    case System::kRedis:
      return "Redis";
  }
  return "";
}

std::string describe(const Setup& setup) {
  std::string text = absl::StrCat(std::string(name_of(setup.system)), " over ",
                                  std::string(name_of(setup.transport)));
  if (!setup.spin) absl::StrAppend(&text, ", no spin");
  if (setup.growth == Growth::kItems) absl::StrAppend(&text, ", a million items");
  if (setup.growth == Growth::kObjects) absl::StrAppend(&text, ", 100,000 objects");
  if (setup.growth == Growth::kParkedCalls) absl::StrAppend(&text, ", 10,000 parked calls");
  return text;
}

Places Places::find() {
  Places places;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  places.bench = self;
  places.cpython_peer = self.parent_path() / "cpython_peer.py";
  places.python_client = self.parent_path() / "python_client.py";
  places.manager = self.parent_path().parent_path().parent_path() / "manager/syncmanagerd";
  std::string folder = std::filesystem::temp_directory_path() / "syncmanager-bench-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no folder for the sockets");
  places.folder = folder;
  places.key_file = folder + "/key";
  if (const absl::Status made = generate_key_file(places.key_file, "bench"); !made.ok()) {
    throw std::runtime_error(made.ToString());
  }
  return places;
}

Server::Server(const Setup& setup, const Places& places) : setup_(setup), places_(places) {
  // A socket of its own for each server of a run: some are started several times.
  static int number = 0;
  if (setup.transport == Transport::kUnix) {
    address_ = absl::StrCat("unix:", places.folder, "/", ++number);
  }
  switch (setup.system) {
    case System::kOurs:
    case System::kPython:
      start_ours();
      break;
    case System::kCpython:
      start_cpython();
      break;
    case System::kRedis:
      start_redis();
      break;
  }
  grow();
}

void Server::start_ours() {
  if (!std::filesystem::exists(places_.manager)) {
    throw std::runtime_error(absl::StrCat(places_.manager, " isn't built"));
  }
  std::vector<std::string> command = {
      places_.manager,
      absl::StrCat("--listen=", address_.empty() ? "tcp://127.0.0.1:0" : address_),
      absl::StrCat("--authkey-file=", places_.key_file),
      "--log-level=warn",
      "--allow-root",
      "--allow-core",  // Else only root may see how much memory it has.
      absl::StrCat("--max-objects=", 2 * kObjects),
      absl::StrCat("--max-object-bytes=", kLargestValue),
      absl::StrCat("--max-total-bytes=", 4 * kLargestValue),
  };
  if (!setup_.spin) command.push_back("--spin-us=0");
  child_.emplace(command);
  address_ = await_mark(*child_, "listening on ");
  const bool is_tls = setup_.transport == Transport::kTls;
  const std::string scheme = is_tls ? "syncmanager+tls://" : "syncmanager://";
  address_ = absl::StrReplaceAll(address_, {{"tcp://", scheme}});
}

void Server::start_cpython() {
  child_.emplace(std::vector<std::string>{std::string(kPython), "-I", places_.cpython_peer,
                                          "server", address_.empty() ? "tcp:127.0.0.1:0" : address_,
                                          places_.key_file});
  address_ = await_mark(*child_, "listening ");
}

void Server::start_redis() {
  std::vector<std::string> command = {std::string(kRedis), "--save", "",      "--appendonly", "no",
                                      "--daemonize",       "no",     "--dir", places_.folder};
  command.insert(command.end(), {"--proto-max-bulk-len", absl::StrCat(kLargestValue)});
  if (setup_.transport == Transport::kUnix) {
    const std::string path = address_.substr(std::string_view("unix:").size());
    command.insert(command.end(), {"--port", "0", "--unixsocket", path});
  } else {
    const int port = free_port();
    address_ = absl::StrCat("tcp:127.0.0.1:", port);
    command.insert(command.end(), {"--port", absl::StrCat(port), "--bind", "127.0.0.1"});
  }
  child_.emplace(command);
  await_mark(*child_, setup_.transport == Transport::kUnix ? "ready to accept connections at"
                                                           : "Ready to accept connections");
}

bool Server::forks_clients() const {
  return setup_.system == System::kCpython || setup_.system == System::kPython;
}

std::vector<std::string> Server::client_command(int number) const {
  if (forks_clients()) {
    return {std::string(kPython),
            "-I",
            setup_.system == System::kPython ? places_.python_client : places_.cpython_peer,
            "client",
            address_,
            places_.key_file,
            absl::StrCat(number)};
  }
  std::vector<std::string> command = {
      places_.bench, "client",
      "--system",    setup_.system == System::kOurs ? "ours" : "redis",
      "--address",   address_,
      "--key-file",  places_.key_file,
      "--index",     absl::StrCat(number)};
  if (!setup_.spin) command.push_back("--no-spin");
  return command;
}

std::vector<Child> Server::start_clients(int count) const {
  constexpr size_t kAtATime = 8;
  std::vector<Child> clients;
  if (forks_clients()) {
    clients.emplace_back(client_command(count));
    await_ready(clients.front());
    return clients;
  }
  size_t ready = 0;
  for (int i = 0; i < count; ++i) {
    clients.emplace_back(client_command(i));
    if (clients.size() - ready < kAtATime && i + 1 < count) continue;
    for (; ready < clients.size(); ++ready) await_ready(clients[ready]);
  }
  return clients;
}

void Server::await_ready(Child& client) const {
  if (const std::string line = client.read_line(kStarting); line != "ready") {
    throw std::runtime_error(absl::StrCat("a client of ", describe(setup_), ": ", line));
  }
}

void Server::grow() {
  std::vector<std::string> commands;
  if (setup_.growth == Growth::kItems) commands = {"fill 1000000"};
  if (setup_.growth == Growth::kObjects) commands = {absl::StrCat("objects ", kObjects)};
  if (setup_.growth == Growth::kParkedCalls) commands = {"sessions 100", "park 100"};
  if (commands.empty()) return;
  tenant_.emplace(start_client());
  for (const std::string& command : commands) {
    tenant_->write_line(command);
    if (const std::string line = tenant_->read_line(kGrowing); line != "done=1") {
      throw std::runtime_error(absl::StrCat("growing ", describe(setup_), ": ", line));
    }
  }
}

}  // namespace syncmanager::bench

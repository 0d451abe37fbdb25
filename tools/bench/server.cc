#include "tools/bench/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace syncmanager::bench {
namespace {

using std::chrono_literals::operator""s;

constexpr std::string_view kPython = "/usr/bin/python3";  // Debian's, whatever PATH says.
constexpr std::string_view kRedis = "/usr/bin/redis-server";
constexpr auto kStarting = 10s;
constexpr auto kPreloading = 60s;
constexpr int kMaxObjects = 200'000;
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

// Waits for a line of the server with `mark`, and returns the text behind the mark.
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
  if (!setup.preload.name.empty()) {
    absl::StrAppend(&text, ", ", std::string(setup.preload.name));
  }
  return text;
}

Server::Server(const Setup& setup, const Paths& paths) : setup_(setup), paths_(paths) {
  // A socket of its own for each server of a run: some are started several times.
  static int number = 0;
  if (setup.transport == Transport::kUnix) {
    address_ = absl::StrCat("unix:", paths.run_folder, "/", ++number);
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
  preload();
}

void Server::start_ours() {
  if (!std::filesystem::exists(paths_.manager)) {
    throw std::runtime_error(absl::StrCat(paths_.manager, " isn't built"));
  }
  std::vector<std::string> command = {
      paths_.manager,
      absl::StrCat("--listen=", address_.empty() ? "tcp://127.0.0.1:0" : address_),
      absl::StrCat("--authkey-file=", paths_.key_file),
      "--log-level=warn",
      "--allow-root",
      "--allow-core",  // Else only root may see how much memory it has.
      absl::StrCat("--max-objects=", kMaxObjects),
      absl::StrCat("--max-object-bytes=", kLargestValue),
      absl::StrCat("--max-total-bytes=", 4 * kLargestValue),
  };
  if (!setup_.spin) command.push_back("--spin=0");
  child_.emplace(command);
  address_ = await_mark(*child_, "listening on ");
  const bool is_tls = setup_.transport == Transport::kTls;
  const std::string scheme = is_tls ? "syncmanager+tls://" : "syncmanager://";
  address_ = absl::StrReplaceAll(address_, {{"tcp://", scheme}});
}

void Server::start_cpython() {
  child_.emplace(std::vector<std::string>{
      std::string(kPython), "-I", paths_.python_programs + "/cpython_peer.py", "server",
      address_.empty() ? "tcp:127.0.0.1:0" : address_, paths_.key_file});
  address_ = await_mark(*child_, "listening ");
}

void Server::start_redis() {
  std::vector<std::string> command = {
      std::string(kRedis), "--save", "",      "--appendonly",   "no",
      "--daemonize",       "no",     "--dir", paths_.run_folder};
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
    std::vector<std::string> command = {std::string(kPython), "-I"};
    if (setup_.system == System::kPython) {
      command.push_back(paths_.python_programs + "/python_client.py");
      command.push_back(paths_.python_package);
    } else {
      command.push_back(paths_.python_programs + "/cpython_peer.py");
    }
    command.insert(command.end(), {"client", address_, paths_.key_file, absl::StrCat(number)});
    return command;
  }
  std::vector<std::string> command = {
      paths_.bench, "client",
      "--system",   setup_.system == System::kOurs ? "ours" : "redis",
      "--address",  address_,
      "--key-file", paths_.key_file,
      "--index",    absl::StrCat(number)};
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

void Server::preload() {
  const std::string commands(setup_.preload.commands);
  if (commands.empty()) return;
  preloading_client_.emplace(start_client());
  for (const std::string& command : std::vector<std::string>(absl::StrSplit(commands, '\n'))) {
    preloading_client_->write_line(command);
    if (const std::string line = preloading_client_->read_line(kPreloading); line != "done=1") {
      throw std::runtime_error(absl::StrCat("preloading ", describe(setup_), ": ", line));
    }
  }
}

}  // namespace syncmanager::bench

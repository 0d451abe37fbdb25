#pragma once

#include <sys/types.h>

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/bench/child.h"

namespace syncmanager::bench {

enum class System { kOurs, kPython, kCpython, kRedis };  // kPython: ours, by its Python package.
enum class Transport { kUnix, kTcp, kTls };              // kTls: ours only.
// What a server holds while others work on it.
enum class Growth { kNone, kItems, kObjects, kParkedCalls };

// A server in one way of running it. Rounds visit setups in their order.
struct Setup {
  System system = System::kOurs;
  Transport transport = Transport::kUnix;
  bool spin = true;  // Ours only, on both sides.
  Growth growth = Growth::kNone;

  auto operator<=>(const Setup&) const = default;
};

// As people say it: "ours over unix, no spin".
std::string describe(const Setup& setup);
std::string_view name_of(System system);

// Where the programs are that a run starts, and where it keeps its sockets and its key.
struct Places {
  std::string bench;         // This program: it is its own client program.
  std::string manager;       // syncmanagerd.
  std::string cpython_peer;  // cpython_peer.py.
  std::string python_client;
  std::string folder;  // Ours alone (0700), gone when the run ends.
  std::string key_file;

  // Finds the programs beside this one's own file and makes the folder and the key. Throws
  // std::runtime_error if that fails.
  static Places find();
};

// A server of a setup, on loopback or on a socket in the run's folder, as a process of its own.
// It has no disk to wait for: Redis keeps no snapshots and no log.
// Throws std::runtime_error if it isn't there within ten seconds.
class Server {
 public:
  Server(const Setup& setup, const Places& places);

  const Setup& setup() const { return setup_; }
  pid_t pid() const { return child_->pid(); }
  // As the system's clients take it (caller.h).
  const std::string& address() const { return address_; }

  // A client process of the system's, connected.
  Child start_client() const { return std::move(start_clients(1).front()); }
  // Several, some at a time: a server that asks for a proof before it lets anybody in has a limit
  // of those that it waits for. Python's are forked by one program, which answers for them all.
  std::vector<Child> start_clients(int count) const;

 private:
  void start_ours();
  void start_cpython();
  void start_redis();
  void grow();
  bool forks_clients() const;
  // `number` is how many processes the program is to fork, or else which of the clients it is.
  std::vector<std::string> client_command(int number) const;
  void await_ready(Child& client) const;

  const Setup setup_;
  const Places& places_;
  std::string address_;
  std::optional<Child> child_;
  std::optional<Child> tenant_;  // The client that has grown it, and whose calls are parked.
};

}  // namespace syncmanager::bench

#pragma once

#include <sys/types.h>

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/bench/child.h"
#include "tools/bench/paths.h"

namespace syncmanager::bench {

enum class System { kOurs, kPython, kCpython, kRedis };  // kPython: ours, from Python.
enum class Transport { kUnix, kTcp, kTls };              // kTls: ours only.

// The state that a client gives a new server before the first visit.
struct Preload {
  std::string_view name;      // As people say it: "a million items".
  std::string_view commands;  // Of client programs (command.h), one on each line.

  auto operator<=>(const Preload&) const = default;
};

// A system with the way to run it. A round visits the setups in their order.
struct Setup {
  System system = System::kOurs;
  Transport transport = Transport::kUnix;
  bool spin = true;  // Ours only, on both sides.
  Preload preload = {};

  auto operator<=>(const Setup&) const = default;
};

// As people say it: "ours over unix, no spin".
std::string describe(const Setup& setup);
std::string_view name_of(System system);

// The server process of a setup, on loopback or on a socket in the run's folder. Redis keeps no
// snapshots and no log, so no server waits for a disk.
// The constructor throws std::runtime_error if the server doesn't listen within ten seconds.
class Server {
 public:
  Server(const Setup& setup, const Paths& paths);

  const Setup& setup() const { return setup_; }
  pid_t pid() const { return child_->pid(); }
  // As the system's clients expect it (caller.h).
  const std::string& address() const { return address_; }

  // Starts a client process of the system, which is connected.
  Child start_client() const { return std::move(start_clients(1).front()); }
  // Starts several, a few at a time: a server limits the number of clients that haven't proved
  // their key. Python's clients are forked by one program, which answers for all of them.
  std::vector<Child> start_clients(int count) const;

 private:
  void start_ours();
  void start_cpython();
  void start_redis();
  void preload();
  bool forks_clients() const;
  // `number` is the number of processes that a Python program forks, or else the client's index.
  std::vector<std::string> client_command(int number) const;
  void await_ready(Child& client) const;

  const Setup setup_;
  const Paths& paths_;
  std::string address_;
  std::optional<Child> child_;
  std::optional<Child> preloading_client_;  // It stays, because its calls may be parked.
};

}  // namespace syncmanager::bench

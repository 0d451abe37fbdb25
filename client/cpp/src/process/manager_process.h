#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace syncmanager {

// A `syncmanagerd` that this process has started: in a directory that only this user can enter, on
// a unix socket there, with a new key. It also ends when this process dies, however it dies.
//
// One thread at a time. A child made by fork() has no part in the manager: there the functions that
// signal, wait and end do nothing.
class ManagerProcess {
 public:
  struct Options {
    std::string program;
    std::string key_id;
    std::string key;                  // A line of a key file. Empty: a new key.
    std::vector<std::string> listen;  // Beside its unix socket.
    std::vector<std::string> flags;   // Any others.
    // Whether the manager belongs to this program (--owned-directory, manager/README.md). It is in
    // a process group of its own then, so that a terminal's signals don't reach it.
    bool is_owned = false;
    // Whether its log goes to a file in its directory, and not to this process's standard error.
    bool keeps_log = false;
  };

  // Returns when the manager listens. Throws Error if it doesn't, with the manager's reason, and
  // AddressInUse if that is another program at an address.
  explicit ManagerProcess(const Options& options);
  // As end().
  ~ManagerProcess();
  ManagerProcess(const ManagerProcess&) = delete;
  ManagerProcess& operator=(const ManagerProcess&) = delete;

  // Its unix socket first, then `listen` in order, with the real ports, then that of --grpc.
  const std::vector<std::string>& addresses() const { return addresses_; }
  const std::string& directory() const { return directory_; }
  std::string key_file() const { return directory_ + "/key"; }
  std::string log_file() const { return directory_ + "/log"; }
  // The lines that it has logged, if they are kept.
  std::string log() const;
  pid_t pid() const { return pid_; }

  void send_signal(int signal) const;
  // Closes the lifeline and blocks until the manager has ended. Returns its exit code, or minus the
  // signal that killed it; when called again the same.
  int wait();
  // Closes the lifeline, kills the manager if it hasn't ended after `patience` (nullopt: never),
  // and removes its directory. When called again it does nothing.
  void end(std::optional<std::chrono::milliseconds> patience = std::chrono::seconds(1));

 private:
  void make_directory(const Options& options);
  void start(const Options& options);
  void spawn(const Options& options, int output, int lifeline);
  void await_addresses(int output, const Options& options);
  // Whether it has ended, after that long at most.
  bool has_ended_after(std::chrono::milliseconds patience) const;
  void close_lifeline();

  // In the child of a fork.
  static void leave_to_parent();

  std::string directory_;
  std::vector<std::string> addresses_;
  bool is_ours_ = true;  // False in a forked child.
  pid_t pid_ = -1;
  int process_ = -1;   // A descriptor of it.
  int lifeline_ = -1;  // The manager ends when this is closed.
  int status_ = 0;
  bool has_ended_ = false;
};

}  // namespace syncmanager

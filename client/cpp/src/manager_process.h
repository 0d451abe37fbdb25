#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace syncmanager {

// A `syncmanagerd` that this process has started: in a directory of its own that only this user can
// enter, on a unix socket there, with a new key. It also ends when this process dies, however it
// dies.
class ManagerProcess {
 public:
  struct Options {
    std::string program;
    std::string key_id;
    std::string key;                  // A line of a key file. Empty: a new key.
    std::vector<std::string> listen;  // Beside its unix socket.
    std::vector<std::string> flags;   // Any others.
    // Whether its log goes to a file in its directory, and not to this process's standard error.
    bool keeps_log = false;
  };

  // Returns once the manager listens. Throws Error if it doesn't, with what it logged if that is
  // kept.
  explicit ManagerProcess(const Options& options);
  ~ManagerProcess();
  ManagerProcess(const ManagerProcess&) = delete;
  ManagerProcess& operator=(const ManagerProcess&) = delete;

  // Its unix socket first, then `listen` in order, with the real ports.
  const std::vector<std::string>& addresses() const { return addresses_; }
  const std::string& directory() const { return directory_; }
  std::string key_file() const { return directory_ + "/key"; }
  std::string log_file() const { return directory_ + "/log"; }
  // What it logged so far, if that is kept.
  std::string log() const;
  pid_t pid() const { return pid_; }

  void send_signal(int signal) const;
  // Lets go of its lifeline and waits until it has ended. Its exit code, or minus the signal that
  // killed it; again: the same.
  int wait();
  // Ends it by that signal, if it hasn't ended, and removes its directory; again: nothing.
  void end(int signal);
  // In a forked child: it is the parent's alone.
  void abandon();

 private:
  void write_key(const Options& options) const;
  void start(const Options& options);
  void await_addresses(int output, bool keeps_log);

  std::string directory_;
  std::vector<std::string> addresses_;
  pid_t pid_ = -1;
  int lifeline_ = -1;  // The manager ends when this is closed.
  int status_ = 0;
};

}  // namespace syncmanager

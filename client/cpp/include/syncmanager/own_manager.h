#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace syncmanager {

class ManagerProcess;

// A manager of one's own: starts a `syncmanagerd` with a key nobody else has, on a unix socket in a
// directory that only this user can enter, and ends it with this object. It also ends when this
// process dies, however it dies. After multiprocessing.Manager().
//
//   syncmanager::OwnManager manager;
//   manager.share_with_children();           // Programs started from here find it by themselves.
//   syncmanager::Client client(manager.address());
//
// Not thread-safe; a child made by fork() abandons its copy, or never destroys it.
class OwnManager {
 public:
  struct Options {
    // The program to start. Empty: $SYNCMANAGER_DAEMON, else beside this executable's folder
    // (../manager/ in the build tree, ../bin/ and ../sbin/ installed), else on the PATH.
    std::string program;
    // Where it listens beside its unix socket, as --listen takes it: "tcp://127.0.0.1:0".
    std::vector<std::string> listen;
    std::string key;                 // Its key: a line of a key file. Empty: a new one.
    std::vector<std::string> flags;  // Any others: "--max-sessions=10".
  };

  // Returns once the manager listens. Throws Error, with the manager's own words, if it doesn't.
  OwnManager() : OwnManager(Options()) {}
  explicit OwnManager(const Options& options);
  ~OwnManager();
  OwnManager(const OwnManager&) = delete;
  OwnManager& operator=(const OwnManager&) = delete;

  // Where it listens, as Client takes it: its unix socket first, then `listen` in order, with the
  // real ports.
  const std::string& address() const { return addresses().front(); }
  const std::vector<std::string>& addresses() const;
  std::string key_file() const;
  pid_t pid() const;

  // Sets $SYNCMANAGER_URL and $SYNCMANAGER_AUTHKEY_FILE for the programs started from here.
  void share_with_children() const;

  // Ends it in order (SIGTERM) and waits; again: nothing. The destructor does it too.
  void stop();
  // This process is a child of the one that started it, and has no part in it: a copy must neither
  // end the manager nor keep it from ending with its owner.
  void abandon();

 private:
  std::unique_ptr<ManagerProcess> manager_;
};

}  // namespace syncmanager

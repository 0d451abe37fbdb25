#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace syncmanager {

class ManagerProcess;

// A manager that belongs to this program: starts a `syncmanagerd` with a key nobody else has, on a
// unix socket in a directory that only this user can enter, and ends it with this object. It also
// ends when this process dies, however it dies, and removes the directory. After
// multiprocessing.Manager().
//
// Signals for this program's process group (Ctrl-C, ^Z, a closed terminal, kill with a negative
// number) don't reach the manager; it ends with this program, and not before. Its limits are those
// of the machine: half of the memory for everything, a quarter for one object.
//
//   syncmanager::OwnManager manager;
//   syncmanager::Client client(manager);
//   manager.share_with_children();  // Programs started from here find it by themselves.
//
// One thread at a time. A child made by fork() has no part in the manager: its copy of this object
// ends nothing.
class OwnManager {
 public:
  struct Options {
    // The program to start. Empty: $SYNCMANAGER_DAEMON, else beside this executable's folder
    // (../manager/ in the build tree, ../bin/ and ../sbin/ installed), else on the PATH.
    std::string program;
    // Where it listens beside its unix socket, as --listen takes it: "tcp://127.0.0.1:0".
    std::vector<std::string> listen;
    std::string key;                 // Its key: a line of a key file. Empty: a new one.
    std::vector<std::string> flags;  // Any others: "--max-object-bytes=10000000000".
  };

  // Returns once the manager listens. Throws Error, with the manager's own words, if it doesn't;
  // AddressInUse if another program listens at an address.
  // The directory is made in $TMPDIR, $TEMP, $TMP, /tmp or /var/tmp: the first in which this user
  // can make files, and whose path is short enough for a socket.
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

  // Ends the manager and blocks until it has ended. Calls that wait in it throw Draining, in
  // whatever process. A manager that hasn't ended after `patience` is killed; nullopt: never. When
  // called again it does nothing. The destructor does it too, with a second's patience.
  void stop(std::optional<std::chrono::milliseconds> patience = std::chrono::seconds(1));

 private:
  std::unique_ptr<ManagerProcess> manager_;
};

}  // namespace syncmanager

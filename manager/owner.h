#pragma once

#include <sys/types.h>

#include <string>

namespace syncmanager::manager {

// The program that started this manager for itself, and the directory that it made for it.
class Owner {
 public:
  // `directory` is empty for a manager that has no owner. REQUIRES: the owner is the parent.
  explicit Owner(std::string directory);

  // Its process; 0 if there is none.
  pid_t process() const { return process_; }
  // Whether the owner is stopped, as by ^Z, and so its children with it.
  bool is_stopped() const;
  // Removes the directory with the key. Call it when the sockets there are closed.
  void remove_directory() const;

 private:
  const std::string directory_;
  const pid_t process_;
};

}  // namespace syncmanager::manager

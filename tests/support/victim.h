#pragma once

#include <syncmanager/client.h>
#include <sys/types.h>

#include <functional>
#include <string>

#include "tests/support/test_server.h"

namespace syncmanager {

// A client in a process of its own, named "victim", which is there to be killed.
class Victim {
 public:
  // Forks. `work` is done there, by a client over the unix socket, once start() says so.
  Victim(const TestServer& server, const std::function<void(const Client&)>& work);
  // Kills it.
  ~Victim();
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  void start();
  // Waits until the work is done; false if it failed.
  bool await_done();
  // With SIGKILL; returns when it is dead.
  void kill();

 private:
  pid_t pid_ = -1;
  int start_ = -1, done_ = -1;
};

}  // namespace syncmanager

#pragma once

#include <signal.h>

#include <string>
#include <vector>

#include "client/cpp/src/process/manager_process.h"

namespace syncmanager {

// The real syncmanagerd, also on a TCP port that the system chose. It is there when the constructor
// returns, and gone, directory included, after the destructor.
class TestServer : public ManagerProcess {
 public:
  explicit TestServer(const std::vector<std::string>& flags = {})
      : ManagerProcess({.program = SYNCMANAGERD_PATH,
                        .key_id = "test",
                        .listen = {"tcp://127.0.0.1:0"},
                        .flags = flags,
                        .keeps_log = true}) {}
  ~TestServer() { send_signal(SIGKILL); }

  // As clients take them, and as gRPC does.
  const std::string& unix_address() const { return addresses()[0]; }
  const std::string& tcp_address() const { return addresses()[1]; }
  std::string tcp_target() const { return tcp_address().substr(6); }
};

}  // namespace syncmanager

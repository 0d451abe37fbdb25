#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace syncmanager {

// The real syncmanagerd as a process of its own, in a directory of its own, on a unix socket and a
// TCP port that the system chose, with a new key. It is there when the constructor returns, and
// gone, directory included, after the destructor; it also ends when the test dies. Throws
// std::runtime_error, with what the manager said, if it doesn't start.
class TestServer {
 public:
  explicit TestServer(std::vector<std::string> flags = {});
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  // As clients take them, and as gRPC does.
  const std::string& unix_address() const { return unix_address_; }
  const std::string& tcp_address() const { return tcp_address_; }
  std::string tcp_target() const { return tcp_address_.substr(6); }
  const std::string& key_file() const { return key_file_; }
  const std::string& directory() const { return directory_; }
  pid_t pid() const { return pid_; }

  void send_signal(int signal) const;
  // Waits until the manager has ended. Its exit code, or minus the signal that killed it.
  int wait();
  // What it logged so far.
  std::string log() const;

 private:
  std::string directory_, key_file_, unix_address_, tcp_address_;
  pid_t pid_ = -1;
  int lifeline_ = -1;
  int status_ = 0;
};

}  // namespace syncmanager

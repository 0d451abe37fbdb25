#pragma once

#include <string>

namespace syncmanager::manager {

// The channel to the manager that has started this program: a socket of SOCK_SEQPACKET. Each client
// is a message to the manager, the client's name with one end of a new connection. The manager says
// "draining" when it is about to end, and closes the channel when it ends. Any thread.
class Channel {
 public:
  explicit Channel(int socket) : socket_(socket) {}

  // Returns a new connection to the manager, the caller's to close, which begins with the gate; -1
  // if there is none. `client` says to the manager where it comes from, as gRPC has it.
  int connect(const std::string& client) const;
  // Says where this program listens.
  void announce(const std::string& address) const;
  // Blocks until the manager says something. Returns false when it has ended.
  bool await_word() const;

 private:
  const int socket_;
};

}  // namespace syncmanager::manager

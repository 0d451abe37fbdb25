#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "manager/transport/file_descriptor.h"
#include "manager/transport/listener.h"

namespace syncmanager {

// Who is at the other end of a connection.
struct Peer {
  bool is_unix = false;
  std::string source;  // Of TCP: the numeric address, without the port.
  uint16_t port = 0;
};

// The accept loop: one thread over all listeners. When the process is out of descriptors it sheds
// connections by a descriptor kept in reserve, and so never goes deaf, which gRPC's own does.
//
// On a unix socket only processes of this user or root are let in. `admit` may refuse any other
// connection: it is closed. Those that are admitted are handed over with their descriptor.
class Acceptor {
 public:
  // Both are called on the accept thread. `hand_over` owns the descriptor.
  using Admit = std::function<bool(const Peer&)>;
  using HandOver = std::function<void(FileDescriptor, const Peer&)>;

  // REQUIRES: the listeners outlive it.
  Acceptor(std::vector<Listener*> listeners, Admit admit, HandOver hand_over);
  // Stops.
  ~Acceptor();

  // Accepts nothing more; returns when the thread has ended, so that `hand_over` isn't called after
  // that. Again: nothing. Any thread but the accept thread.
  void stop();

 private:
  void run();
  // Takes what waits at one listener. False if accepting can't go on now for want of resources.
  bool accept_all(const Listener& listener);
  void greet(FileDescriptor socket, const Listener& listener);
  bool shed(const Listener& listener);

  const std::vector<Listener*> listeners_;
  const Admit admit_;
  const HandOver hand_over_;
  FileDescriptor stop_;
  FileDescriptor reserve_;
  std::thread thread_;
};

}  // namespace syncmanager

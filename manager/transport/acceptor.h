#pragma once

#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "manager/transport/file_descriptor.h"
#include "manager/transport/listener.h"
#include "manager/transport/lobby.h"

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
// On a unix socket only processes of this user or root are let in. The lobby may refuse any other
// connection: it is closed. Those that are admitted are handed over with their descriptor, and this
// thread shuts down those that the lobby has waited for in vain.
class Acceptor {
 public:
  // Called on the accept thread; owns the descriptor.
  using HandOver = std::function<void(FileDescriptor, const Peer&)>;

  // `lifeline`, if it isn't -1, is a descriptor that is readable once the manager's owner has
  // ended: from then on nothing is accepted, also of what has connected already. REQUIRES: the
  // listeners, the lobby and the lifeline outlive it, or stop().
  Acceptor(std::vector<Listener*> listeners, Lobby& lobby, HandOver hand_over, int lifeline = -1);
  // Stops.
  ~Acceptor();

  // Accepts nothing more; returns when the thread has ended, so that `hand_over` isn't called after
  // that. Again: nothing. Any thread but the accept thread.
  void stop();

 private:
  void run();
  // Takes some of what waits at one listener. False if that can't go on now for want of resources.
  bool accept_some(const Listener& listener);
  bool owner_has_ended() const;
  void greet(FileDescriptor socket, const Listener& listener);
  bool shed(const Listener& listener);
  // Logs who left without having proved a key; as seldom as the next.
  void left(const Lobby::Swept& swept);
  // Logs that a connection was turned away; once a second at most, with the number since.
  void turned_away(const Listener& listener, std::string_view why);

  const std::vector<Listener*> listeners_;
  Lobby& lobby_;
  const HandOver hand_over_;
  const int lifeline_;
  FileDescriptor stop_;
  FileDescriptor reserve_;
  std::minstd_rand random_{std::random_device{}()};
  int turned_away_ = 0;
  Lobby::Swept left_;
  std::chrono::steady_clock::time_point next_log_{}, next_left_log_{};
  std::thread thread_;
};

}  // namespace syncmanager

#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "manager/core/time.h"
#include "manager/transport/file_descriptor.h"
#include "manager/transport/listener.h"
#include "manager/transport/peer.h"
#include "manager/transport/poller.h"

namespace syncmanager::manager {

// Accepts connections at all listeners. On a unix socket only processes of this user or root are
// let in. When the process is out of descriptors it sheds connections by a descriptor kept in
// reserve, and so never goes deaf. Takes the time as an argument. One thread at a time.
class Acceptor {
 public:
  using HandOver = std::function<void(FileDescriptor, Peer)>;

  // `lifeline`, if it isn't -1, is a descriptor that is readable once the manager's owner has
  // ended: from then on nothing is accepted, also of what has connected already. REQUIRES: the
  // lifeline outlives it.
  Acceptor(std::vector<std::unique_ptr<Listener>> listeners, HandOver hand_over, int lifeline = -1);

  // Readable when somebody has connected.
  int descriptor() const { return poller_.descriptor(); }
  // Takes some of what waits, and hands it over.
  void accept_some(Time now);
  // When to call on_time(), which goes on after a pause for want of resources.
  Time deadline() const { return pause_end_; }
  void on_time(Time now);
  // Closes the listeners: from now on a client that connects is refused.
  void close() { listeners_.clear(); }

 private:
  // Takes some of what waits at one listener. False if that can't go on now for want of resources.
  bool accept_some(const Listener& listener, Time now);
  bool owner_has_ended() const;
  bool shed(const Listener& listener, Time now);
  void greet(FileDescriptor socket, const Listener& listener, Time now);
  // Logs that a connection was turned away; once a second at most, with the number since.
  void turned_away(const Listener& listener, std::string_view why, Time now);

  std::vector<std::unique_ptr<Listener>> listeners_;
  const HandOver hand_over_;
  const int lifeline_;
  Poller poller_;
  FileDescriptor reserve_;
  Time pause_end_ = kNever;
  Duration pause_{};
  int turned_away_ = 0;
  Time next_log_{};
};

}  // namespace syncmanager::manager

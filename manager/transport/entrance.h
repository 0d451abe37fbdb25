#pragma once

#include <memory>
#include <vector>

#include "manager/transport/acceptor.h"
#include "manager/transport/gate.h"
#include "manager/transport/gateway.h"
#include "manager/transport/poller.h"
#include "manager/transport/watched.h"

namespace syncmanager::manager {

// Where clients come in: the listeners, the gateway for gRPC, and the gate behind both. Told the
// time and never asks for it. One thread at a time.
class Entrance {
 public:
  // `gateway` may be null. `lifeline` is the Acceptor's.
  Entrance(std::vector<std::unique_ptr<Listener>> listeners, std::unique_ptr<Gateway> gateway,
           Gate::Options gate, int lifeline);

  // Readable when there is something to do.
  int descriptor() const { return poller_.descriptor(); }
  // Does some of it: so little that who has a session doesn't wait.
  void serve(Time now);
  // When to call on_time().
  Time deadline() const;
  void on_time(Time now);
  // Lets nobody in any more: from now on a client that connects is refused.
  void close();

 private:
  void watch_gateway();

  Time now_{};
  Gate gate_;
  const Acceptor::HandOver welcome_;
  Acceptor acceptor_;
  const std::unique_ptr<Gateway> gateway_;
  Duty serve_visitors_, accept_, receive_;
  Poller poller_;
};

}  // namespace syncmanager::manager

#pragma once

#include <functional>
#include <map>
#include <vector>

#include "manager/core/engine.h"
#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

using manager::Duration;
using manager::Engine;
using manager::ObjectId;
using manager::SessionNumber;

// An Engine as its clients see it, without transport, and the place where a bug can be planted
// between the two. Time stands still until it is told.
class CoreManager {
 public:
  // The functions that a planted bug replaces. Each may be left out.
  struct Interference {
    // Before an object is made.
    std::function<void(wire::RegistryOp::Open&)> on_open;
    // Before a request is performed. False: it isn't, and the bug answers it, or nobody does.
    std::function<bool(SessionNumber, wire::Request&)> on_request;
    // A request that was made before; the Engine won't perform it again.
    std::function<void(const wire::Request&)> on_repeat;
    std::function<void(SessionNumber, uint64_t request)> on_cancel;
    std::function<void(bool& goodbye)> on_end;
    // The replies that leave for a session.
    std::function<void(std::vector<wire::Reply>&)> on_replies;
  };

  CoreManager();
  CoreManager(const CoreManager&) = delete;
  CoreManager& operator=(const CoreManager&) = delete;

  Interference interference;

  ObjectId create(wire::RegistryOp::Open options);
  // With a reference to everything that was created. Its first request is number kFirstRequest.
  static constexpr uint64_t kFirstRequest = 1000;
  SessionNumber open_session();
  void receive(SessionNumber session, wire::ClientBatch& batch);
  void end_session(SessionNumber session, bool goodbye);
  void advance(Duration duration);

  // The session's replies since the last call.
  std::vector<wire::Reply> replies(SessionNumber session);
  // The session's stream breaks, and its client is back at once. The last `missed` replies
  // didn't arrive: replies() begins with them.
  void break_stream(SessionNumber session, uint64_t missed);

  // For bugs: performs a request of the manager's own that needn't wait, and returns its reply.
  wire::Reply perform(wire::Request request);
  // Answers in place of the Engine.
  void answer(SessionNumber session, wire::Reply reply);

 private:
  struct Seen {
    uint64_t highest = 0;              // Of its requests.
    manager::Sent sent;                // Of its replies.
    std::vector<wire::Reply> answers;  // In place of the Engine.
  };

  void interfere(SessionNumber session, wire::ClientBatch& batch);
  std::vector<wire::Reply> collect(SessionNumber session);

  Engine engine_;
  manager::Time now_{};
  SessionNumber keeper_ = 0;  // The manager's own session.
  uint64_t asked_ = 0;        // Of its requests.
  std::vector<ObjectId> objects_;
  std::map<SessionNumber, Seen> seen_;
};

}  // namespace syncmanager::linearizability

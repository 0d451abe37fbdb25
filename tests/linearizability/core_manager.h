#pragma once

#include <functional>
#include <map>
#include <vector>

#include "manager/core/engine.h"
#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// An Engine as its clients see it, without transport, with points where a bug can be planted
// between the two. Time stands still until the test moves it.
class CoreManager {
 public:
  // The points where a planted bug can interfere. Each may be empty.
  struct Interference {
    // Before an object is made.
    std::function<void(wire::RegistryOp::Open&)> on_open;
    // Before a request is performed. False: the Engine doesn't perform it, and the bug may answer
    // it.
    std::function<bool(manager::SessionNumber, wire::Request&)> on_request;
    // A request that was made before; the Engine won't perform it again.
    std::function<void(const wire::Request&)> on_repeat;
    std::function<void(manager::SessionNumber, uint64_t request)> on_cancel;
    std::function<void(bool& goodbye)> on_end;
    // Before replies leave for a session.
    std::function<void(std::vector<wire::Reply>&)> on_replies;
  };

  CoreManager();
  CoreManager(const CoreManager&) = delete;
  CoreManager& operator=(const CoreManager&) = delete;

  Interference interference;

  manager::ObjectId create(wire::RegistryOp::Open options);
  // With a reference to everything that was created. Its first request is number kFirstRequest.
  static constexpr uint64_t kFirstRequest = 1000;
  manager::SessionNumber open_session();
  void receive(manager::SessionNumber session, wire::ClientBatch& batch);
  void end_session(manager::SessionNumber session, bool goodbye);
  void advance(manager::Duration duration);

  // The session's replies since the last call.
  std::vector<wire::Reply> replies(manager::SessionNumber session);
  // Breaks the session's stream and resumes the session at once. The last `missed` replies didn't
  // arrive: replies() begins with them.
  void break_stream(manager::SessionNumber session, uint64_t missed);

  // For bugs: performs a request of the manager's own that needn't wait, and returns its reply.
  wire::Reply perform(wire::Request request);
  // Answers in place of the Engine.
  void answer(manager::SessionNumber session, wire::Reply reply);

 private:
  struct Seen {
    uint64_t highest = 0;              // Of its requests.
    manager::Sent sent;                // Of its replies.
    std::vector<wire::Reply> answers;  // In place of the Engine.
  };

  void interfere(manager::SessionNumber session, wire::ClientBatch& batch);
  std::vector<wire::Reply> collect(manager::SessionNumber session);

  manager::Engine engine_;
  manager::Time now_{};
  manager::SessionNumber keeper_ = 0;  // The manager's own session.
  uint64_t asked_ = 0;                 // Of its requests.
  std::vector<manager::ObjectId> objects_;
  std::map<manager::SessionNumber, Seen> seen_;
};

}  // namespace syncmanager::linearizability

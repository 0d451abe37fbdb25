#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "manager/core/time.h"
#include "tests/simulation/asked.h"

namespace syncmanager::simulation {

// What a client sends at a time.
struct ClientFrame {
  std::vector<Asked> requests;
  std::vector<uint64_t> cancels;
  uint64_t acknowledged = 0;
};

// A call without an answer at its client.
struct OpenCall {
  Asked asked;
  bool reached = false;  // The manager has it.
  bool cancelled = false;
  uint64_t place = 0;            // The number of its place in a wait list; 0: it never had one.
  std::optional<Answer> answer;  // What the manager has said; it is under way, or lost.
};

// A client process with its session, and the connection between it and the manager. It does what
// client/cpp does: numbers its requests, says what it has received, resumes and repeats what has no
// answer. And it checks that each answer is for an open call, comes once, and that none is left
// out.
class Client {
 public:
  explicit Client(SessionNumber session) : session_(session) {}

  SessionNumber session() const { return session_; }

  // ---- The client.

  // The call goes with the next frame that is sent; its id and session are filled in.
  void ask(Asked asked);
  // One of its open calls is cancelled by the next frame.
  void cancel(size_t number);
  // Sends what it has to say, or at least an acknowledgement.
  void send();
  // Takes the next frame that has arrived. REQUIRES: there is one.
  void receive();
  // The connection is gone, with all that was under way.
  void disconnect();
  // The manager has resumed its session over a new connection: repeats what has no answer.
  void reconnect();

  bool connected() const { return connected_; }
  bool paused = false;
  const std::vector<OpenCall>& open() const { return open_; }
  // How many replies and notices have arrived.
  uint64_t received() const { return received_; }
  // Whether it has asked for a reference to that object.
  bool knows(ObjectId object) const {
    return std::find(known_.begin(), known_.end(), object) != known_.end();
  }
  void learn(ObjectId object) { known_.push_back(object); }
  void unlearn(ObjectId object) { std::erase(known_, object); }
  // One of the deliveries of an object's items that it has in hand; 0 if there is none.
  uint64_t take_delivery(ObjectId object, size_t number);
  // Its last grant of an object; 0 if there was none.
  uint64_t grant_of(ObjectId object) const;

  // ---- The network.

  std::deque<ClientFrame> outgoing;
  std::deque<std::vector<Answer>> incoming;

  // ---- What the manager's side of the world knows of its session.

  // The call of that id; null if there is none without an answer.
  OpenCall* find(uint64_t id);
  uint64_t highest = 0;  // The request that was the last to reach the manager for the first time.
  uint64_t made = 0;     // Replies and notices of the manager.
  Time dies_at = kNever;
  ClientFrame last_delivered;

 private:
  // Of an object: an item in hand, or a grant.
  struct Held {
    ObjectId object;
    uint64_t number;
  };
  void answered(const Answer& answer);

  const SessionNumber session_;
  bool connected_ = true;
  uint64_t asked_ = 0, received_ = 0;
  std::vector<OpenCall> open_;  // In the order of ids.
  ClientFrame unsent_;
  std::vector<ObjectId> known_;
  std::vector<Held> in_hand_, grants_;
};

}  // namespace syncmanager::simulation

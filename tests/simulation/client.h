#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "manager/core/session.h"
#include "manager/core/time.h"
#include "tests/simulation/asked.h"

namespace syncmanager::manager::simulation {

// A piece of a request. The call has its id with the last one.
struct SentPart {
  Asked asked;
  std::string bytes;
  uint64_t left = 0;  // How many bytes come after these.
};

// The messages that a client sends at a time.
struct ClientFrame {
  std::vector<Asked> requests;
  std::optional<SentPart> part;  // Comes after the requests.
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
// answer. A request in parts is passed by others, and has its number with its last part. The client
// checks that each answer is for an open call, comes once, and that none is left out.
class Client {
 public:
  explicit Client(SessionNumber session) : session_(session) {}

  SessionNumber session() const { return session_; }

  // ---- The client.

  // The call goes with the next frame that is sent, or in parts; its id and session are filled in.
  void ask(Asked asked);
  // One of its calls is cancelled by the next frame, or by that of its last part. REQUIRES: there
  // is one.
  void cancel(size_t number);
  // Sends what it has to say, or at least an acknowledgement.
  void send();
  // The same with the next part. REQUIRES: there is one.
  void send_part();
  // Takes the next frame that has arrived. REQUIRES: there is one.
  void receive();
  // The connection is gone, with all that was under way.
  void disconnect();
  // The manager has resumed its session over a new connection: repeats what has no answer. What has
  // not left to its last part begins again with the first.
  void reconnect();

  bool connected() const { return connected_; }
  bool paused = false;
  // The calls that have an id: all but those of which parts are to leave.
  const std::vector<OpenCall>& open() const { return open_; }
  bool has_parts() const { return !in_parts_.empty(); }
  size_t calls() const { return open_.size() + in_parts_.size(); }
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
  std::deque<std::string> incoming;  // Encoded wire::ServerBatches.

  // ---- What the manager's side of the world knows of its session.

  // The call of that id; null if there is none without an answer.
  OpenCall* find(uint64_t id);
  uint64_t highest = 0;  // The request that was the last to reach the manager for the first time.
  uint64_t made = 0;     // Replies and notices of the manager.
  Sent sent;             // Those that left over this connection.
  std::string half;      // What has come of a request in parts over this connection.
  Time dies_at = kNever;
  ClientFrame last_delivered;

 private:
  // A held part of an object: an item in hand, or a grant.
  struct Held {
    ObjectId object;
    uint64_t number;
  };
  // A call whose request leaves in parts.
  struct InParts {
    Asked asked;
    std::string request = encoded_request(asked);
    size_t gone = 0;  // How many bytes have left.
    bool cancelled = false;
    bool has_one_left() const { return request.size() - gone <= asked.part_bytes; }
  };

  // Gives the call its id: it is open from now on.
  void enter(Asked& asked, bool cancelled);
  void repeat(const Asked& asked);
  void send_part_of(InParts& call);
  void take(const wire::ServerBatch& batch);
  void take(const wire::Part& part);
  void answered(const Answer& answer);

  const SessionNumber session_;
  bool connected_ = true;
  uint64_t asked_ = 0, received_ = 0;
  std::vector<OpenCall> open_;  // In the order of ids.
  std::deque<InParts> in_parts_;
  ClientFrame unsent_;
  std::string answer_;        // What has arrived of one in parts.
  uint64_t answer_left_ = 0;  // How many of its bytes have not.
  wire::ServerBatch batch_;   // Kept, so that its memory is.
  std::vector<ObjectId> known_;
  std::vector<Held> in_hand_, grants_;
};

}  // namespace syncmanager::manager::simulation

#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "manager/core/engine.h"
#include "tests/simulation/client.h"
#include "tests/simulation/figures.h"
#include "tests/simulation/flaw.h"
#include "tests/simulation/step.h"
#include "tests/simulation/witness.h"

namespace syncmanager::manager::simulation {

// An Engine with limits that are soon met and some objects, as clients reach it. Each request or
// part of one, cancel, end of a session and death is an input of its own, so that what it leads to
// has one cause. After each input every answer must be one that is owed, all objects that the input
// may have touched must be as their witnesses know, and now and then the Engine's figures are
// counted.
//
// Throws a Violation as soon as something is wrong.
class Manager {
 public:
  // With an object of each of the program's kinds. REQUIRES: the flaw and the figures outlive it.
  Manager(const Program& program, const Flaw& flaw, Figures& figures);

  // The object in that slot, which is that of its kind; 0 if the limits left no room for one.
  ObjectId object(size_t slot) const { return slots_[slot].object; }
  // Deletes it and makes another one.
  void replace(size_t slot);

  // ---- Clients. Each outlives its session.

  // Null if there is no room for one.
  std::unique_ptr<Client> open_session();
  // The frame arrives. What is answered goes to the clients that are connected.
  void receive(Client& client, const ClientFrame& frame);
  // Sends the next frame, if there is one and not many are under way.
  void send(Client& client);
  // Its connection is gone: the session dies when nobody resumes it in time.
  void lose(Client& client, Duration patience);
  // The client is back: it gets what it hasn't received.
  void resume(Client& client);
  void end(Client& client, bool goodbye);
  // Time passes. Returns the clients whose sessions died in it.
  std::vector<const Client*> pass(Duration duration);
  void start_drain();
  void end_drain();

  // Deletes all objects; nothing may be left. REQUIRES: all sessions have ended.
  void finish();

 private:
  static constexpr uint64_t kDurable = std::numeric_limits<uint64_t>::max();  // All inputs are.

  struct Slot {
    const Kind* kind;
    ObjectId object = 0;
    std::shared_ptr<Witness> witness = {};
    size_t partner = 0;  // The slot of the kind's partner; its own if it has none.
    bool touched = false;
  };

  void create(Slot& slot);
  void remove(Slot& slot);
  // As the manager's own program, which makes all objects and refers to them.
  wire::Reply ask_as_keeper(wire::Request request);

  void receive(Client& client, const SentPart& part);
  // The request has come, and stands in the batch.
  void perform(Client& client, const Asked& asked);
  void give(Client& client);
  void begin_batch(uint64_t acknowledged);
  // Its connection is gone, and with it what has come of a request in parts.
  void forget_half(Client& client);
  void tick(Time to);
  void bury(Client& client, bool goodbye);

  void touch(Slot& slot);
  void touch_all();
  void look();
  void observe(Client& client);
  // The session's output after the first `from`.
  const wire::ServerBatch& output_after(SessionNumber session, uint64_t from);
  void record(Client& client, const Answer& answer);
  // No queue takes such an item.
  bool is_too_large(const Asked& asked) const;
  void count(const Answer& answer);
  void recount();

  const Flaw& flaw_;
  const size_t answer_bytes_;
  Figures& figures_;
  Engine engine_;
  Time now_{};
  SessionNumber keeper_ = 0;
  uint64_t asked_by_keeper_ = 0;
  std::vector<Slot> slots_;
  absl::flat_hash_map<SessionNumber, Client*> clients_;
  uint64_t unanswered_ = 0;  // Requests that have reached it.
  uint64_t losses_ = 0;

  // Kept, so that their memory is.
  wire::ClientBatch batch_;
  wire::ServerBatch output_;
  wire::ObjectState state_;
  std::string frame_;
};

}  // namespace syncmanager::manager::simulation

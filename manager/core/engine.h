#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/status/statusor.h"
#include "manager/core/deadlines.h"
#include "manager/core/limits.h"
#include "manager/core/object.h"
#include "manager/core/registry.h"
#include "manager/core/services.h"
#include "manager/core/session.h"
#include "protos/input.pb.h"

namespace syncmanager::manager {

// The manager's state machine. It is given inputs one at a time, each with the time at which it
// counts, and answers with output for sessions. The same inputs give the same output and the same
// snapshot, byte for byte: no threads, no clock, no randomness in here.
//
// Not thread-safe: the transport keeps one mutex around it (manager/README.md).
class Engine final : public Services {
 public:
  // The version of the inputs' meaning; a reader refuses a journal with another number.
  static constexpr uint32_t kSemantics = 1;

  // REQUIRES: `catalog` outlives the Engine.
  Engine(std::span<const TypeRow> catalog, const Limits& limits, const wire::Started& started);
  ~Engine();

  // ---- Inputs. Time never goes back: an earlier `now` counts as the latest one seen.

  // Opens the session; its number is filled in. RESOURCE_EXHAUSTED names the limit that was met.
  absl::StatusOr<SessionNumber> open_session(wire::SessionOpened& opened, Time now);
  // Performs the requests in their order, then takes the part of a large one, then the cancels. A
  // request id not above the highest seen was performed before: it is answered from what the
  // session has, and not performed again. The batch's values are moved out of it. A session that
  // isn't there is no error: it has just ended.
  void receive(SessionNumber session, wire::ClientBatch& batch, Time now);
  // The session's stream is gone, and its client may come back: the session keeps all that it owns,
  // and its place wherever it waits, and dies when nobody has resumed it for `patience`.
  void lose_session(SessionNumber session, Duration patience, Time now);
  // Its client is back with another stream, and has `received` replies and notices: the output
  // after those is to be sent over that one. It need not have been lost. False, and nothing
  // changed, if there is no such session, or that is more than it was sent or less than it has
  // acknowledged.
  bool resume_session(SessionNumber session, uint64_t received, Time now);
  // The session ends and with it all that it owns. `goodbye`: in order, by the client's own word.
  void end_session(SessionNumber session, bool goodbye, Time now);
  // Time passes: the only input in which deadlines expire, sessions that were lost, and in which
  // objects are woken.
  void tick(Time now);
  // Tells every session, and lets nothing new be parked. end_drain() answers what is still parked.
  void start_drain(Duration grace, Time now);
  void end_drain(Time now);
  // Any of these as a journal keeps it. Its requests are moved out of it.
  void apply(wire::Input& input);

  // ---- Effects.

  // The sessions that have got new output since the last call, each once, in the order
  // of their numbers.
  std::vector<SessionNumber> take_touched();
  Session* session(SessionNumber number) const override;
  // The number of the last input.
  uint64_t lsn() const { return lsn_; }
  // When the next tick is due at the latest; kNever if nothing waits for time.
  Time next_deadline() const;

  // ---- For people and tests.

  wire::Statistics statistics() const;
  void save(Snapshot& snapshot) const;
  uint64_t parked() const { return parked_; }
  Registry& registry() { return registry_; }

  // ---- For objects.

  void wake_at(Object& object, Time when) override;
  void describe_caller(Caller caller, Time since, wire::CallerState& state) const override;
  Object* find(ObjectId id) const override { return registry_.find(id); }
  void retain(ObjectId id) override { registry_.retain(id); }
  void release(ObjectId id) override { registry_.release(id); }
  absl::StatusOr<Object*> make_part(Call& call, wire::RegistryOp::Open& options) override;
  void end_part(Object& part) override { delete_object(part); }

  // ---- For the registry's calls.

  // A reference to `object` is sent from one session to another past this manager: the object lives
  // until reference_arrived(), or until Limits::in_flight has passed since the last one was sent.
  void reference_sent(Object& object);
  // Does nothing if none is on its way.
  void reference_arrived(Object& object);

 private:
  friend class Call;
  friend class Object;
  friend class RegistryCalls;
  friend class Session;
  friend class Stored;
  friend class WaitList;

  void begin_input(Time now);
  void finish_input();
  void check_objects() const;  // In debug builds, after each input.
  void perform(Session& session, wire::Request& request);
  // Takes a part of a large request, and performs that with its last one.
  void take_part(Session& session, const wire::Part& part);
  // Frees what has come of a request whose last part will not come.
  void drop_part(Session& session);
  void finish_session(SessionNumber number, bool goodbye);
  bool is_current(const Session& session, const wire::Fence& fence) const;
  void cancel(Session& session, uint64_t request);
  void give_up(Waiter& waiter, GiveUp reason);
  void delete_object(Object& object);
  // Forgets all references to it that are on their way.
  void drop_in_flight(Object& object);
  // Deletes the anonymous objects to which nothing refers.
  void delete_unreferenced();
  void answer(Session& session, wire::Reply& reply);
  // The same with a value that is copied once, as it may be large.
  void answer(Session& session, uint64_t request, std::string_view value);
  void notify(Session& session, const wire::Notice& notice);
  void adopt_references(Session& session, std::string_view value);
  void emit(Session& session, int field, const google::protobuf::MessageLite& message);
  // `field` is an encoded field of a ServerBatch.
  void emit(Session& session, std::string field);

  // Called by a wait list for a call that it takes in, or gives out.
  bool admit(Call& call);
  void parked_one(Waiter& waiter);
  void unparked_one(Waiter& waiter);

  const std::span<const TypeRow> catalog_;
  const std::string server_id_, version_;

  uint64_t lsn_ = 0;
  uint64_t waiter_number_ = 0;
  uint64_t operations_ = 0;
  bool draining_ = false;

  Registry registry_;
  SessionNumber last_session_ = 0;
  absl::btree_map<SessionNumber, std::unique_ptr<Session>> sessions_;
  absl::flat_hash_map<std::string, uint64_t> sessions_of_key_;
  // The sessions that were lost, by when they die.
  absl::btree_set<std::pair<Time, SessionNumber>> lost_;
  Deadlines deadlines_;
  absl::btree_set<std::pair<Time, ObjectId>> wakes_;  // Of the objects that are to be woken.
  // When the references in flight are given up, for each object that has some.
  absl::btree_set<std::pair<Time, ObjectId>> in_flight_expiries_;
  uint64_t parked_ = 0;
  uint64_t stored_bytes_ = 0;  // In objects and in parked calls.

  std::vector<SessionNumber> touched_;
  wire::Reply scratch_reply_;
};

}  // namespace syncmanager::manager

#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "manager/core/caller.h"
#include "manager/core/partial_request.h"
#include "manager/core/snapshot.h"
#include "manager/core/wait_list.h"
#include "protos/input.pb.h"

namespace syncmanager::manager {

class Engine;
class Object;
class Services;

// The role of a session's key: which requests it allows.
enum class Role : uint32_t {
  kReadOnly = 1,
  kReadWrite = 2,
  kAdmin = 3,
  kProduce = 4,
  kConsume = 5
};

// A reply or notice that left the Engine and hasn't been acknowledged: an encoded field of a
// ServerBatch, so that a frame is made by putting these behind each other.
struct Output {
  uint64_t lsn;  // Leaves when the journal says that this input is durable.
  std::string field;
};

// How much of a session's output has left: whole outputs, and bytes of the one after them.
struct Sent {
  uint64_t outputs = 0;
  size_t of_next = 0;
};

// One authenticated client process: its references, its parked calls and its unacknowledged output.
// Everything that belongs to it ends with it, in Engine::end_session.
class Session {
 public:
  // A session's references to one object and its holds. Lasts while there are any.
  struct Handle {
    Object* object;
    uint64_t references = 0;  // While there are any, the object lives.
    // How often the object called hold() without unhold(). Holds don't keep the object alive.
    uint64_t holds = 0;
  };

  Session(Engine& engine, const wire::SessionOpened& opened);

  Services& services() const;
  SessionNumber number() const { return number_; }
  const std::string& key_id() const { return key_id_; }
  const std::string& client_name() const { return client_name_; }
  const std::string& prefix() const { return prefix_; }
  Role role() const { return role_; }

  // The object this session may use under that id; null if it neither refers to it nor holds it.
  Object* find(ObjectId id) const;
  // Adds a reference to `object`.
  void adopt(Object& object);
  // Gives back `count` references. Returns false, and changes nothing, if there are fewer.
  bool forget(ObjectId id, uint64_t count);
  // Adds a hold, or takes one away. An object calls these for what it gave to the session: a lock,
  // permits, a delivery. It is told when a session that holds it ends. An object that nothing
  // refers to ends although it is held.
  void hold(Object& object);
  void unhold(Object& object);
  // Gives back all references and holds of one object. REQUIRES: there is a handle.
  void let_go(ObjectId id);
  // The object is gone: drops the handle without telling anybody.
  void drop(ObjectId id) { handles_.erase(id); }
  const absl::flat_hash_map<ObjectId, Handle>& handles() const { return handles_; }

  // Parked calls by request id.
  absl::btree_map<uint64_t, Waiter*>& parked() { return parked_; }
  const absl::btree_map<uint64_t, Waiter*>& parked() const { return parked_; }

  // While it has no stream: when it dies unless it is resumed; kNever otherwise.
  Time dies_at() const { return dies_at_; }
  void set_dies_at(Time time) { dies_at_ = time; }

  // The request that arrives in parts.
  PartialRequest& partial() { return partial_; }
  uint64_t highest_request() const { return highest_request_; }
  void saw_request(uint64_t id) { highest_request_ = id; }

  // The output, numbered from 1 in the order of its making. acknowledge(n) forgets those up to n.
  void emit(Output output);
  void acknowledge(uint64_t count);
  uint64_t acknowledged() const { return acknowledged_; }
  uint64_t emitted() const { return acknowledged_ + outputs_.size(); }
  // The bytes of the outputs, without those of a single large value: these count as stored values
  // do, for the manager's total.
  uint64_t output_bytes() const { return output_bytes_; }
  uint64_t large_bytes() const { return large_bytes_; }
  // The output_bytes() of all outputs there have ever been, so that a sender knows what it has not
  // sent.
  uint64_t emitted_bytes() const { return emitted_bytes_; }
  // Appends to `frame` the outputs after those `sent` that depend on nothing after `durable`, up to
  // about `bytes` bytes; of one that is larger, its next part, which ends the frame. Counts them as
  // sent. Returns how many of emitted_bytes() they are.
  uint64_t collect(Sent& sent, uint64_t durable, size_t bytes, std::string& frame) const;

  uint64_t anonymous_objects = 0;  // Made by this session and still there; see Limits.

  void save(Snapshot& snapshot) const;

 private:
  friend class Call;

  Handle& handle(Object& object);
  bool is_large(const Output& output) const;

  Engine* const engine_;
  const SessionNumber number_;
  const std::string session_id_, key_id_, prefix_, client_name_;
  const Role role_;

  absl::flat_hash_map<ObjectId, Handle> handles_;
  absl::btree_map<uint64_t, Waiter*> parked_;
  uint64_t highest_request_ = 0;
  PartialRequest partial_;
  Time dies_at_ = kNever;

  std::deque<Output> outputs_;  // Those after acknowledged_.
  uint64_t acknowledged_ = 0;
  uint64_t output_bytes_ = 0;
  uint64_t large_bytes_ = 0;
  uint64_t emitted_bytes_ = 0;
};

}  // namespace syncmanager::manager

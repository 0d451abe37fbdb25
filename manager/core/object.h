#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/status/statusor.h"
#include "manager/core/access.h"
#include "manager/core/call.h"
#include "manager/core/snapshot.h"
#include "manager/core/stored.h"
#include "manager/core/wait_list.h"
#include "protos/registry.pb.h"
#include "protos/value/rules.h"

namespace syncmanager::manager {

class Engine;
class Object;
class Services;

// A row of the catalog: a type this manager hosts.
struct TypeRow {
  wire::RegistryOp::Open::TypeCase options;  // What creates it.
  wire::Request::OpCase op;                  // What it performs.
  const char* name;                          // For people and for references in values.
  // Makes one from its options. The error says what is wrong with them: OUT_OF_RANGE where Python
  // raises ValueError, INVALID_ARGUMENT otherwise.
  absl::StatusOr<std::unique_ptr<Object>> (*make)(const wire::RegistryOp::Open& options);
  // The access that a request needs. REQUIRES: the request is one of `op`.
  Access (*access)(const wire::Request& request);
};

// The base of every hosted object. A type derives from it, performs its operations, and is
// written as if nothing else ran: no lock, timer or disconnect. Services has the time.
//
// The life of one: its row makes it, the Engine gives it its identity, fill() takes what it starts
// with, perform() is called for each request, session_ended() when a session that refers to it or
// holds it ends. A parked call that gives up comes by way of gave_up(). With a name it ends when it
// is deleted, without one when nothing refers to it, whatever sessions hold of it.
class Object {
 public:
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;

  static constexpr int kMaxShown = 1000;

  ObjectId id() const { return id_; }
  const std::string& name() const { return name_; }
  // Where it belongs, for keys with a prefix: its name, or the prefix of the session that made it.
  const std::string& place() const { return name_.empty() ? maker_prefix_ : name_; }
  const TypeRow& row() const { return *row_; }
  // The manager around the object. REQUIRES: the object has its identity.
  Services& services() const;
  uint64_t bytes() const { return bytes_; }
  uint64_t references() const { return references_; }
  const absl::btree_set<SessionNumber>& holders_without_reference() const {
    return holders_without_reference_;
  }
  uint64_t parked() const;

  // Answers `call`, parks it, or hands it on. REQUIRES: it is one of this type's operations.
  virtual void perform(Call call) = 0;

  // Takes the initial contents. False if the call was refused; the object goes away then.
  virtual bool fill(Call& call, wire::RegistryOp::Open& options);
  // Whether the options of somebody who opens this name are those it has: capacity, parties.
  virtual bool same_shape(const wire::RegistryOp::Open& options) const;

  // A session that had a reference to it, or held it, has ended; its waiters are gone already.
  // Gives back what it held; `goodbye` tells leaving from dying (DESIGN, "Dying is not leaving").
  virtual void session_ended(SessionNumber session, bool goodbye);

  // `call` has left `list` unserved. Answers it (by default with the reason) and puts right what
  // its leaving changed for others.
  virtual void gave_up(WaitList& list, Call call, GiveUp reason);

  // The time it was to be woken at, by Engine::wake_at(), has come.
  virtual void on_time() {}

  // It was deleted and its own waiters have been told. Tells the objects that can't do without it.
  virtual void deleted() {}

  // Whether the grant of that fencing number is held.
  virtual bool is_held(uint64_t fencing) const;

  // Items, entries, permits: what the type counts.
  virtual uint64_t size() const { return 0; }
  // Changes with each change of a container; 0: of a type that has no versions.
  virtual uint64_t version() const { return 0; }
  // Adds holders and a line of detail for people.
  virtual void describe(wire::ObjectState& state) const;
  // Checks what holds between calls, and ends the process if it doesn't. Debug builds call it after
  // each input.
  virtual void check_invariants() const {}
  // Writes all of its own state; the wait lists are written by save_all().
  virtual void save(Snapshot& snapshot) const = 0;

  // All of its state: identity, references, wait lists and save().
  void save_all(Snapshot& snapshot) const;
  void summarize(wire::ObjectSummary& summary) const;
  // Holders, waiters and the rest, as `syncctl show` prints it; of each the first kMaxShown, so
  // that the state fits a message.
  wire::ObjectState inspect() const;
  const std::vector<WaitList*>& wait_lists() const { return wait_lists_; }

 protected:
  // Checks a value that came with `call`: depth, size, references this session has. Nothing if the
  // call was refused.
  std::optional<Census> check(Call& call, std::string_view encoded) const;
  // Takes such a value to keep it: checks it and charges it. Nothing if the call was refused.
  std::optional<Stored> store(Call& call, std::string&& encoded);
  // The same for a value that this object computed from its own: it is correct and has no
  // references. Nothing if the call was refused for its size.
  std::optional<Stored> store_own(Call& call, std::string encoded);
  // Copies a value it has, for a second place in it.
  std::optional<Stored> store_copy(Call& call, const Stored& value);
  // Takes over a value from the object that has it, charge and all. False, and nothing changed, if
  // this object would hold more than it may.
  bool take_over(Stored& value);

 private:
  friend class Engine;
  friend class Session;
  friend class Stored;
  friend class WaitList;
  friend class Registry;
  friend class RegistryCalls;

  std::optional<Stored> charge(Call& call, std::string bytes, bool has_references);
  void discharge(const Stored& value);

  Engine* engine_ = nullptr;  // These four are the identity, given by the Engine.
  ObjectId id_ = 0;
  std::string name_;
  const TypeRow* row_ = nullptr;
  SessionNumber maker_ = 0;   // Of an anonymous one: whom it is counted to,
  std::string maker_prefix_;  // and whose key it had.
  bool is_part_ = false;      // Belongs to another object, and isn't listed beside it.

  uint64_t references_ = 0;  // Of sessions, stored values, other objects and parked calls; 1 for
                             // all in flight.
  // The sessions that hold it and have no reference to it.
  absl::btree_set<SessionNumber> holders_without_reference_;
  uint64_t in_flight_ = 0;          // References that were sent and have not arrived,
  Time in_flight_expiry_ = kNever;  // and when they are forgotten: the Engine's.
  Time wakes_at_ = kNever;          // The Engine's.
  uint64_t bytes_ = 0;
  std::vector<WaitList*> wait_lists_;
};

}  // namespace syncmanager::manager

#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "manager/core/caller.h"
#include "manager/core/limits.h"
#include "manager/core/time.h"
#include "protos/registry.pb.h"

namespace syncmanager::manager {

class Call;
class Object;
class Session;

// The part of the Engine that objects may use. They know nothing else of it, so no object can apply
// an input.
class Services {
 public:
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  const Limits& limits() const { return limits_; }
  // The time of the current input.
  Time now() const { return now_; }
  // Returns a number above all that it returned before, for a new grant.
  uint64_t next_fencing_number() { return ++fencing_number_; }
  // The secret under which tables hash what clients choose.
  const std::string& hash_key() const { return hash_key_; }

  // Calls object.on_time() at the first tick from `when` on, which replaces the time that was set
  // before; kNever: not at all.
  virtual void wake_at(Object& object, Time when) = 0;
  // The session; null if it has ended.
  virtual Session* session(SessionNumber number) const = 0;
  // Fills in who a caller is, and since when it has what it has.
  virtual void describe_caller(Caller caller, Time since, wire::CallerState& state) const = 0;

  // The object of that id; null if it has ended.
  virtual Object* find(ObjectId id) const = 0;
  // An object's own reference to another object: one more, or one less. Does nothing if that has
  // been deleted.
  virtual void retain(ObjectId id) = 0;
  virtual void release(ObjectId id) = 0;
  // Makes an anonymous object that belongs to the caller and isn't listed. The caller retains it.
  virtual absl::StatusOr<Object*> make_part(Call& call, wire::RegistryOp::Open& options) = 0;
  // Ends such an object together with its owner. The calls that wait there are answered so.
  virtual void end_part(Object& part) = 0;

 protected:
  Services(const Limits& limits, std::string hash_key, uint64_t fencing_number)
      : limits_(limits), hash_key_(std::move(hash_key)), fencing_number_(fencing_number) {}
  ~Services() = default;

  const Limits limits_;
  const std::string hash_key_;
  Time now_{};
  uint64_t fencing_number_;
};

}  // namespace syncmanager::manager

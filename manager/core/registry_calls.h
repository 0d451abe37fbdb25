#pragma once

#include "absl/status/statusor.h"
#include "manager/core/call.h"
#include "manager/core/object.h"

namespace syncmanager::manager {

class Engine;

// The registry's operations: what a request with object 0 asks of the Engine. It has no state of
// its own and lives for one request.
class RegistryCalls {
 public:
  explicit RegistryCalls(Engine& engine) : engine_(engine) {}

  void perform(Call call);
  // Makes the object that `options` describes, under their name, and counts it to the call's
  // session if it has none. NOT_FOUND: no such type; otherwise the type's own reason.
  absl::StatusOr<Object*> make(Call& call, wire::RegistryOp::Open& options);

 private:
  // Whether the name is one that the session's key grants.
  absl::Status check_granted(const Call& call, const std::string& name) const;
  void open(Call call);
  void open_existing(Call call, Object& object);
  void adopt(Call call);
  void send(Call call);
  void forget(Call call);
  void remove(Call call);
  void list(Call call);
  void inspect(Call call);
  void stats(Call call);

  void reply_opened(Call call, Object& object, bool created);
  // The object that a request names by name or by id, if this session may see it; null and refused
  // otherwise.
  Object* named(Call& call, const std::string& name, ObjectId id);
  const TypeRow* row(const wire::RegistryOp::Open& options) const;

  Engine& engine_;
};

}  // namespace syncmanager::manager

#pragma once

#include <iosfwd>
#include <string>

#include "manager/core/caller.h"
#include "protos/request.pb.h"

namespace syncmanager::manager {

class Stage;

// A request that an actor made: parked, answered, or gone with its session. A name for it that can
// be copied; valid as long as its stage.
class Pending {
 public:
  Pending(Stage& stage, SessionNumber session, uint64_t id)
      : stage_(&stage), session_(session), id_(id) {}

  uint64_t id() const { return id_; }
  SessionNumber session() const { return session_; }

  // Whether it waits in a wait list.
  bool parked() const;
  // The reply, null while there is none.
  const wire::Reply* find_reply() const;
  // The same for one that must be there: fails the case, and gives an empty one, otherwise.
  const wire::Reply& reply() const;

  // The client stops waiting.
  void cancel() const;

  // Parts of a reply, for what no matcher says.
  uint64_t fencing() const { return reply().grant().fencing(); }
  uint64_t delivery() const { return reply().delivery().number(); }
  ObjectId object() const { return reply().opened().object(); }
  std::string value() const { return reply().value(); }

 private:
  Stage* stage_;
  SessionNumber session_;
  uint64_t id_;
};

void PrintTo(const Pending& pending, std::ostream* out);

}  // namespace syncmanager::manager

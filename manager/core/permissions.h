#pragma once

#include <span>
#include <string>

#include "manager/core/session.h"
#include "protos/request.pb.h"

namespace syncmanager::manager {

struct TypeRow;

// The kind of access that a request needs.
enum class Access {
  kRead,   // Changes nothing. A read that takes something away is a write.
  kOpen,   // Opens an object, and makes it if there is none.
  kPut,    // Puts into a queue or a pool.
  kTake,   // Takes from a queue or a pool, or gives back to it.
  kWrite,  // Anything else.
};

// The access that the request needs. A request of no type in `catalog` counts as a write.
Access access_of(std::span<const TypeRow> catalog, const wire::Request& request);

// Whether a session of this role may make a request with this access (security: what a key file's
// role means).
//   read-only   kRead
//   read-write  everything
//   admin       everything
//   produce     kRead, kOpen, kPut
//   consume     kRead, kOpen, kTake
bool may_perform(Role role, Access access);

// The message of a refusal: which role the session has, and what that role is for.
std::string denial(Role role);

}  // namespace syncmanager::manager

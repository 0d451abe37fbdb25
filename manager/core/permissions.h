#pragma once

#include <string>

#include "manager/core/session.h"
#include "protos/request.pb.h"

namespace syncmanager {

// Whether a session of this role may make this request (security: what a key file's role means).
//   read-only   what changes nothing: a read that takes something away is a write
//   read-write  everything
//   admin       everything
//   produce     reading, opening, and what puts into a queue or a pool
//   consume     reading, opening, and what takes from a queue or a pool, or gives back to it
bool may_perform(Role role, const wire::Request& request);

// What a refused session is told: the role it has and what that is for.
std::string denial(Role role);

}  // namespace syncmanager

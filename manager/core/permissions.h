#pragma once

#include <span>
#include <string>

#include "manager/core/object.h"
#include "manager/core/session.h"
#include "protos/request.pb.h"

namespace syncmanager::manager {

// Whether a session of this role may make this request.
//   read-only   Access::kRead
//   read-write  everything
//   admin       everything
//   produce     kRead, kOpen and kPut
//   consume     kRead, kOpen and kTake
// `catalog` says what access a request needs; a request of a type that isn't in it is a write.
bool may_perform(Role role, const wire::Request& request, std::span<const TypeRow> catalog);

// The refusal for a session of this role: what its key is for.
std::string denial(Role role);

}  // namespace syncmanager::manager

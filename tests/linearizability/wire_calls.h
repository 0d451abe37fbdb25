#pragma once

#include "protos/registry.pb.h"
#include "protos/request.pb.h"
#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// Translates operations to requests, and replies to answers.

wire::RegistryOp::Open options_of(const SharedObject& object);
// Sets the request's operation, and no other field.
void write_call(const Operation& operation, wire::Request& request);
// An outcome that no model knows is a refusal with its number, which no model gives either.
Answer answer_of(const Operation& operation, const wire::Reply& reply);

}  // namespace syncmanager::linearizability

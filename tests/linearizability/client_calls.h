#pragma once

#include <syncmanager/client.h>

#include <functional>
#include <string>

#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// Performs an operation of one object through the C++ client; what has to wait waits for a moment
// at most. Throws what the client throws when the connection is lost. Belongs to one thread: a
// Lock's proxy releases its own grant only.
using ClientCalls = std::function<Answer(const Operation&)>;

// For the object of that name, which the first one makes.
ClientCalls calls_of(const Client& client, const SharedObject& object, const std::string& name);

}  // namespace syncmanager::linearizability

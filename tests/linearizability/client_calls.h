#pragma once

#include <syncmanager/client.h>

#include <functional>
#include <string>

#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// Performs an operation of one object through the C++ client, with a short timeout. Throws the
// client's error when the connection is lost. Belongs to one thread: a Lock's proxy releases its
// own grant only.
using ClientCalls = std::function<Answer(const Operation&)>;

// Calls the object of that name; the first call makes it.
ClientCalls calls_of(const Client& client, const SharedObject& object, const std::string& name);

}  // namespace syncmanager::linearizability

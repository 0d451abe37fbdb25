#pragma once

#include <string>
#include <vector>

#include "client/cpp/src/session/pending_calls.h"
#include "protos/large_field.h"
#include "protos/request.pb.h"

namespace syncmanager {

// Whether the result of a call that is dropped stays with the session or goes back.
enum class Dropped { kStays, kGoesBack };

// The part of a request that undo() needs, for AsyncCall::asked; empty if there is nothing to undo.
std::string undoable(const wire::Request& request);

// The encoded requests, without ids, that give back what the call was answered: the item of a get,
// the lock, the permits, the notify, the tasks, the entry that was popped. Empty if the call
// brought nothing of the kind. REQUIRES: the call is answered.
//
// The wait of a Condition ends with its lock held. A caller that waited for the answer keeps the
// lock, and only the notify is passed on. If the call was dropped before, nobody knows of the lock,
// and it is released.
std::vector<EncodedMessage> undo(const AsyncCall& call);

// Whether the call ends with a lock held, whatever ends it: the wait of a Condition.
bool holds_its_lock(const AsyncCall& call);

}  // namespace syncmanager

#pragma once

#include <string>
#include <vector>

#include "client/cpp/src/session/pending_calls.h"
#include "protos/large_field.h"
#include "protos/request.pb.h"

namespace syncmanager {

// What becomes of what a call brings that is dropped.
enum class Dropped { kStays, kGoesBack };

// What undo() must know of a request, for AsyncCall::asked; empty if there is nothing to undo.
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

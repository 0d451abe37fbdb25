#pragma once

#include <span>

#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// A call that affects other calls while it waits (at a barrier it is one more party) has no single
// moment at which it happens. It is equivalent to two or three calls that are under way for the
// same time, each with one moment:
//   arrives     it takes its place: from now on it counts
//   gives up    it times out or is cancelled while it waits, if at all
//   comes back  its condition has become true
// A step can't happen before the one above it. So conditions, barriers and rwlocks need no check of
// their own: they have sequential models as all others do.
//
// `first` of a step is the call's number in the history; `second` the call's argument, or a result
// that the model may assume: see waiting_models.cc.
History in_steps(std::span<const Operation> history);

}  // namespace syncmanager::linearizability

#pragma once

#include <span>

#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// A call that stands in the others' way while it waits (at a barrier it is one party more) has no
// single moment at which it happens. It is as good as two or three calls that are under way for the
// same time, and each of these has one:
//   arrives     it takes its place: from now on it counts
//   gives up    its time is over, or it is cancelled, while it waits; if it does
//   comes back  what it waited for has come about
// A step can't happen before the one above it. So conditions, barriers and rwlocks need no check of
// their own: they have sequential models as all others do.
//
// `first` of a step is the call's number in the history; `second` what the call asked for, or got
// and the model may take for granted: see waiting_models.cc.
History in_steps(std::span<const Operation> history);

}  // namespace syncmanager::linearizability

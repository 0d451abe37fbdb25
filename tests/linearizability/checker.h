#pragma once

#include <span>

#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

enum class Verdict {
  kLinearizable,
  kViolation,
  kTooHard,  // The search was given up. It says nothing of the history, and a good one has none.
};

// Whether the operations of one object, given in the order of invocation, can be put into an order
// that keeps "returned before the other was invoked" and in which a sequential object gives the
// very answers. An unknown operation may be in that order or not; a cancelled one changes nothing;
// one that still waits isn't in it, and must have to wait where all is over: so a wake-up that was
// lost is a violation too.
//
// Where a call has several steps (see steps.h) these are what is put into order.
//
// It is the search of Wing and Gong, with Lowe's memory of what was tried: the operations done, and
// the state they led to.
Verdict check(std::span<const Operation> history);

// The shortest beginning of a history that check() refuses which it refuses too (who hadn't
// returned by then is unknown), without the operations that matter neither to it nor to any state.
History smallest_violation(const History& history);

}  // namespace syncmanager::linearizability

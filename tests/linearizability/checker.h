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
// A call with several steps (see steps.h) puts each step into the order.
//
// It is the search of Wing and Gong, with Lowe's cache of visited configurations: the operations
// done, and the state that they led to.
Verdict check(std::span<const Operation> history);

// Returns the shortest prefix of a refused history that check() refuses too. Calls that haven't
// returned in the prefix are unknown. Operations without effect on the refusal are left out.
History smallest_violation(const History& history);

}  // namespace syncmanager::linearizability

#pragma once

#include <cstdint>

#include "tests/linearizability/checker.h"

namespace syncmanager::linearizability {

// The parts of histories that are written by hand, and the expectations of them.

inline constexpr Answer kDone = {Outcome::kDone};
inline constexpr Answer kTimedOut = {Outcome::kTimedOut};
inline constexpr Answer kCancelled = {Outcome::kCancelled};
inline constexpr Answer kWaits = {Outcome::kWaits};

inline Answer number(int64_t value) { return {Outcome::kDone, value}; }

struct Span {
  uint64_t from, to;
};

inline Operation call(uint32_t client, const SharedObject& object, Verb verb, int64_t first,
                      Answer answer, Span span) {
  return {.client = client,
          .object = object,
          .verb = verb,
          .first = first,
          .answer = answer,
          .invoked = span.from,
          .returned = span.to};
}

inline bool right(const History& history) { return check(history) == Verdict::kLinearizable; }
inline bool wrong(const History& history) { return check(history) == Verdict::kViolation; }

}  // namespace syncmanager::linearizability

#pragma once

#include <compare>
#include <cstdint>

namespace syncmanager::manager {

using SessionNumber = uint64_t;  // 1, 2, 3, ... in the order of opening; 0: nobody.
using ObjectId = uint64_t;       // 1, 2, 3, ... in the order of creation; 0: the registry.

// Who asks: a thread (or task) of a session. The owner of an RLock or a Condition is a caller.
struct Caller {
  SessionNumber session = 0;
  uint64_t thread = 0;

  friend auto operator<=>(const Caller&, const Caller&) = default;
};

}  // namespace syncmanager::manager

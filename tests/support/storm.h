#pragma once

#include <vector>

#include "tests/support/dice.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {

// Limits that a few requests reach.
inline constexpr Limits kTiny = {.value_bytes = 1'500,
                                 .value_depth = 4,
                                 .objects = 40,
                                 .anonymous_per_session = 6,
                                 .object_bytes = 3'000,
                                 .total_bytes = 20'000,
                                 .sessions = 8,
                                 .parked_per_session = 6,
                                 .parked_total = 25,
                                 .unacknowledged_bytes = 6'000,
                                 .page_bytes = 300,
                                 .readers = 3,
                                 .pool_tasks = 6,
                                 .pool_functions = 2,
                                 .pool_offers = 2,
                                 .dead_tasks = 2};

// Random requests of every type against tiny limits: whatever a client can write into a frame, in
// any order, with sessions that leave, are killed, are lost and resumed, objects deleted under
// their users, cancels, ticks and a drain.
//
// After each step the Engine's figures must equal a recount (check). The stage expects that each
// request is either parked or answered, once, that nothing is left in the end, and that the same
// inputs lead to the same output and the same state.
class Storm {
 public:
  // REQUIRES: `dice` outlives it.
  explicit Storm(Dice& dice) : dice_(dice) {}

  void step();
  // No session may open or wait after this; the sessions that are there send `frames` frames.
  void drain(int frames);
  // The Engine's figures against a recount.
  void check();

 private:
  void send(const Actor& actor);
  void resume(const Actor& actor);
  void write(wire::Request& request, const Session& session);
  const Object* known(const Session& session);

  Dice& dice_;
  Stage stage_{kTiny};
  std::vector<Actor> actors_;
};

}  // namespace syncmanager::manager

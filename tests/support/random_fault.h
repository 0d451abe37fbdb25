#pragma once

#include <chrono>

#include "tests/support/chaos_proxy.h"
#include "tests/support/dice.h"

namespace syncmanager {

// Orders one of the network's faults, until heal().
inline void fail_somehow(ChaosProxy& network, Dice& dice) {
  using Direction = ChaosProxy::Direction;
  switch (dice.below(7)) {
    case 0:
      return network.reset_all();
    case 1:
      return network.half_close(dice.percent(50) ? Direction::kToServer : Direction::kToClient);
    case 2:
      return network.delay(std::chrono::milliseconds(1 + dice.below(30)));
    case 3:
      return network.throttle(20'000 + dice.below(200'000));
    case 4:
      return network.one_byte_segments();
    case 5:
      return network.black_hole();
    default:
      return network.throttle(0);
  }
}

}  // namespace syncmanager

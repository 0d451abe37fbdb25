#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "manager/core/time.h"
#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// A seed's random numbers, the same on every machine.
class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}

  uint64_t below(uint64_t bound) { return random_() % bound; }
  bool percent(uint64_t chance) { return below(100) < chance; }
  template <typename Container>
  auto& one_of(Container& container) {
    return container[below(container.size())];
  }

 private:
  std::mt19937_64 random_;
};

// One object of the kind, or the few keys of one.
std::vector<SharedObject> random_object(Dice& dice, ObjectKind kind, uint32_t number);

// Something that a client might ask of the object. `unique` is the item of a put or an append: a
// checker learns most from items that come once.
Operation random_call(Dice& dice, const SharedObject& object, int64_t unique);

// Whether the operation may have to wait, and so has a timeout.
bool may_wait(const Operation& operation);

}  // namespace syncmanager::linearizability

#pragma once

#include <functional>
#include <vector>

#include "manager/objects/catalog.h"
#include "tests/simulation/asked.h"

namespace syncmanager::manager::simulation {

// Where a bug can be planted in a world's manager. A sound one has nothing of it.
struct Flaw {
  std::vector<TypeRow> types{catalog().begin(), catalog().end()};
  // Before an object is made.
  std::function<void(Options&)> on_open;
  // Whether a request that is repeated is performed again.
  std::function<bool(const Asked&)> performs_again;
  std::function<void(bool& goodbye)> on_end;
  // The first reply that a resumed client hasn't received isn't sent.
  bool loses_a_reply = false;
  // The received half of a request stays in front of the next bytes after its connection broke.
  bool keeps_halves = false;
  // An answer in parts goes on over a resumed connection, and doesn't begin again.
  bool goes_on_in_an_answer = false;
};

}  // namespace syncmanager::manager::simulation

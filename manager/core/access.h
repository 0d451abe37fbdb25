#pragma once

#include <cstdint>

namespace syncmanager::manager {

// The access that a request needs; roles are made of it (permissions.h, access_to_queue()).
enum class Access : uint8_t {
  kRead,   // Changes nothing. A read that takes something away is a write.
  kOpen,   // Makes an object, or finds it.
  kPut,    // Puts into a queue or a pool.
  kTake,   // Takes from a queue or a pool, or gives back to it.
  kWrite,  // Everything else.
};

}  // namespace syncmanager::manager

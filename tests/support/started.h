#pragma once

#include <cstdint>

#include "manager/core/engine.h"

namespace syncmanager::manager {

// How an Engine of a test is started: always the same way, as its hash key decides nothing that a
// test may see. Fencing numbers begin at the boot time.
inline wire::Started started(uint64_t boot_ms = 0) {
  wire::Started started;
  started.set_semantics(Engine::kSemantics);
  started.set_boot_ms(boot_ms);
  started.set_hash_key("0123456789abcdef");
  return started;
}

}  // namespace syncmanager::manager

#pragma once

#include <cstdint>

namespace syncmanager {

// Returns how many bytes of memory this process may have: the least of what the machine has, what
// its control groups allow (containers, systemd) and what its resource limits allow (ulimit).
uint64_t available_memory();

}  // namespace syncmanager

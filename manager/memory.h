#pragma once

#include <cstdint>

namespace syncmanager::manager {

// Returns how many bytes of memory this process may have: the least of what the machine has, what
// its control groups allow (containers, systemd) and what its resource limits allow (ulimit).
uint64_t available_memory();

// Makes the allocator keep some of the memory that is freed. Otherwise it would give the buffers of
// each large frame back to the system, which costs a page fault for each page of the next one.
void keep_freed_memory();

}  // namespace syncmanager::manager

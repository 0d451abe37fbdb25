#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

namespace syncmanager {

// Inverts each byte, so that a search in memory doesn't find the search's own copy.
std::string complement(std::string bytes);

// How often the complement of `inverted` stands in what the process can write, as the kernel sees
// it. Sanitizers reserve terabytes of address space: what no heap or stack is as large as is left
// out.
size_t count_in_memory(pid_t process, const std::string& inverted);

// The same of any 16 bytes of it: where a block is freed, the allocator's own pointers overwrite
// its beginning, and all the rest stays.
size_t count_parts_in_memory(pid_t process, const std::string& inverted);

}  // namespace syncmanager

#pragma once

#include <cstddef>

namespace syncmanager::bench {

// The keys and values of a dict's calls, for every system alike. Each client thread has keys of
// its own.
constexpr size_t kKeyBytes = 16;
constexpr size_t kValueBytes = 32;
constexpr size_t kKeysPerThread = 1000;

}  // namespace syncmanager::bench

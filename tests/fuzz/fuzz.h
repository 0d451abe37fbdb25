#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace syncmanager {

// Tests one input. Each file of this folder but the two mains defines it. No input may lead to a
// crash.
void fuzz(std::string_view input);

// Ends the program if the condition doesn't hold, so that the input is kept.
inline void require(bool condition, const char* promise) {
  if (condition) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

}  // namespace syncmanager

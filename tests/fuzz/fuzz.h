#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace syncmanager {

// Runs a fuzzer on one input: each file of this folder but the two mains defines it. The
// input is read as far as it goes and must never lead to a crash, whatever it is.
void fuzz(std::string_view input);

// Ends the program if the condition doesn't hold, so that the input is kept.
inline void require(bool condition, const char* promise) {
  if (condition) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

}  // namespace syncmanager

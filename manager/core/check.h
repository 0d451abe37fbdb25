#pragma once

#include <cstdio>
#include <cstdlib>

namespace syncmanager::manager {

// Ends the process with a message: a broken invariant of ours, never a peer's input. Restarting is
// better than going on with half a state.
[[noreturn]] inline void check_failed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace syncmanager::manager

#define CHECK(condition) \
  ((condition) ? void() : ::syncmanager::manager::check_failed(__FILE__, __LINE__, #condition))

#pragma once

#include <cstdint>

namespace syncmanager::bench {

// Points in time are nanoseconds of CLOCK_MONOTONIC. All processes of a host share that clock, so
// the processes of a load measure the same span, and one process can read another one's stamp.
int64_t monotonic_now();
int64_t nanoseconds(double seconds);
void sleep_until(int64_t point);

}  // namespace syncmanager::bench

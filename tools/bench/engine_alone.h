#pragma once

#include <cstddef>

#include "tools/bench/sample.h"

namespace syncmanager::bench {

// The Engine without transport and threads: eight sessions in turn give it batches of `requests`,
// dict set and get alternating, take the replies and acknowledge them. Answers ops, operations a
// second of the Engine's own time: making the batches isn't counted, as the wire's parser makes
// them in a manager. Measures for `seconds` of that time. Throws std::runtime_error if a request
// isn't answered OK.
Sample measure_engine(size_t requests, double seconds);

}  // namespace syncmanager::bench

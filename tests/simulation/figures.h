#pragma once

#include <cstdint>

namespace syncmanager::manager::simulation {

// How often something happened, so that one sees that it did.
struct Figures {
  uint64_t steps = 0;   // That found something to do.
  uint64_t inputs = 0;  // Of the Engine.
  uint64_t requests = 0, repeated = 0;
  uint64_t parts = 0, cut_short = 0, answer_parts = 0;
  uint64_t parked = 0, timed_out = 0, cancelled = 0, refused_by_limits = 0;
  uint64_t deliveries = 0, abandoned = 0;
  uint64_t sessions = 0, disconnected = 0, resumed = 0, died = 0;
  uint64_t objects = 0;

  friend bool operator==(const Figures&, const Figures&) = default;
};

}  // namespace syncmanager::manager::simulation

#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "manager/core/snapshot.h"
#include "manager/core/time.h"

namespace syncmanager::manager {

// The expected bytes of a snapshot, and those that a part of the state writes into one.

inline void add(Snapshot& snapshot, std::integral auto number) {
  snapshot.number(static_cast<uint64_t>(number));
}
inline void add(Snapshot& snapshot, std::string_view text) { snapshot.text(text); }
inline void add(Snapshot& snapshot, Time time) { add(snapshot, time.time_since_epoch().count()); }

// These fields behind each other.
std::string laid_out(const auto&... fields) {
  Snapshot snapshot;
  (add(snapshot, fields), ...);
  return snapshot.bytes();
}

template <typename T>
std::string saved(const T& part) {
  Snapshot snapshot;
  part.save(snapshot);
  return snapshot.bytes();
}

}  // namespace syncmanager::manager

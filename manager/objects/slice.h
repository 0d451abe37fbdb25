#pragma once

#include <cstdint>
#include <optional>

#include "manager/core/call.h"
#include "protos/list.pb.h"

namespace syncmanager::manager {

// The places that a slice names in a sequence: start, start + step, ..., `count` of them, all in
// the sequence. Without any, `start` is still where an insertion would go.
struct Places {
  int64_t start = 0;
  int64_t step = 1;
  uint64_t count = 0;

  // REQUIRES: i < count.
  uint64_t at(uint64_t i) const {
    return static_cast<uint64_t>(start + static_cast<int64_t>(i) * step);
  }
  // The same places from the lowest to the highest.
  Places ascending() const;
};

// Python's slice of a sequence of `size`, clamped as PySlice_AdjustIndices does; no bound and no
// step overflows. Nothing for a step of zero.
std::optional<Places> places_of(const wire::Slice& slice, uint64_t size);
// The same; refuses the call with BAD_VALUE for a step of zero.
std::optional<Places> places_of(Call& call, const wire::Slice& slice, uint64_t size);

// Python's index into a sequence of `size`: negative ones count from the end. Nothing if it is out
// of range.
std::optional<uint64_t> place_of(int64_t index, uint64_t size);

// Where a bound lies that is clamped to the sequence, as list.insert's: 0 to `size`.
uint64_t clamped(int64_t bound, uint64_t size);

}  // namespace syncmanager::manager

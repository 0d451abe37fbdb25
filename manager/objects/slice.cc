#include "manager/objects/slice.h"

#include <algorithm>
#include <limits>

namespace syncmanager::manager {
namespace {

constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

// A bound of a slice: from the first place to the one behind the last, in the direction of `step`.
int64_t bound_of(int64_t bound, int64_t size, int64_t step) {
  const int64_t lowest = step < 0 ? -1 : 0;
  const int64_t highest = step < 0 ? size - 1 : size;
  if (bound < 0) bound += size;
  return std::clamp(bound, lowest, highest);
}

}  // namespace

Places Places::ascending() const {
  if (step > 0 || count == 0) return *this;
  return {.start = static_cast<int64_t>(at(count - 1)), .step = -step, .count = count};
}

std::optional<Places> places_of(const wire::Slice& slice, uint64_t size) {
  // As in Python, so that it can be negated.
  const int64_t step = slice.has_step() ? std::max(slice.step(), -kHighest) : 1;
  if (step == 0) return std::nullopt;
  const auto length = static_cast<int64_t>(size);
  const int64_t first = step < 0 ? length - 1 : 0;
  const int64_t last = step < 0 ? -1 : length;
  const int64_t start = slice.has_start() ? bound_of(slice.start(), length, step) : first;
  const int64_t stop = slice.has_stop() ? bound_of(slice.stop(), length, step) : last;
  int64_t count = 0;
  if (step < 0 && stop < start) count = (start - stop - 1) / -step + 1;
  if (step > 0 && start < stop) count = (stop - start - 1) / step + 1;
  return Places{.start = start, .step = step, .count = static_cast<uint64_t>(count)};
}

std::optional<Places> places_of(Call& call, const wire::Slice& slice, uint64_t size) {
  const std::optional<Places> places = places_of(slice, size);
  if (!places) call.refuse(wire::BAD_VALUE, "slice step cannot be zero");
  return places;
}

std::optional<uint64_t> place_of(int64_t index, uint64_t size) {
  if (index < 0) index += static_cast<int64_t>(size);
  if (index < 0 || index >= static_cast<int64_t>(size)) return std::nullopt;
  return static_cast<uint64_t>(index);
}

uint64_t clamped(int64_t bound, uint64_t size) {
  return static_cast<uint64_t>(bound_of(bound, static_cast<int64_t>(size), 1));
}

}  // namespace syncmanager::manager

#include "protos/support/core_contention.h"

#include <algorithm>

namespace syncmanager {
namespace {

using std::chrono::milliseconds;

// A peer of eight threads gives the core back sooner, a program that computes does so later.
constexpr std::chrono::microseconds kLong{500};
constexpr milliseconds kShortest{10};
constexpr milliseconds kLongest{2000};
// So many spins that were met halve the rest.
constexpr unsigned kToForgive = 256;

}  // namespace

void CoreContention::yielded(Monotonic from, Monotonic to) {
  if (to - from < kLong) return;
  rest_ = std::clamp(rest_ * 2, kShortest, kLongest);
  end_ = to + rest_;
  met_ = 0;
}

void CoreContention::met() {
  if (rest_.count() == 0 || ++met_ < kToForgive) return;
  rest_ /= 2;
  met_ = 0;
}

}  // namespace syncmanager

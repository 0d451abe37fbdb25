#include "manager/transport/spinner.h"

#include <algorithm>

namespace syncmanager::manager {

void Spinner::roll(Monotonic now) {
  const auto window = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  if (window == window_) return;
  active_before_ = window == window_ + 1 ? active_now_ : 0;
  active_now_ = 0;
  window_ = window;
}

void Spinner::active(Mark& mark, Monotonic now) {
  if (longest_.count() == 0) return;
  roll(now);
  if (mark.window == window_) return;
  mark.window = window_;
  ++active_now_;
}

std::chrono::microseconds Spinner::patience(Monotonic now) {
  constexpr std::chrono::microseconds kNone{0};
  if (longest_ == kNone) return kNone;
  roll(now);
  const unsigned active = std::max(active_now_, active_before_);
  if (active == 0 || active >= cores_ || contention_.lasts(now)) return kNone;
  if (credit_ > 0) return longest_;
  if (++skipped_ < kRetryAfter) return kNone;
  skipped_ = 0;
  return longest_;
}

// A spin that was met saves about as much as one that wasn't costs, so one met in four still pays
// for the latency it saves.
void Spinner::learn(bool met) {
  credit_ = std::clamp(credit_ + (met ? 4 : -1), 0, kMaxCredit);
  if (met) contention_.met();
}

}  // namespace syncmanager::manager

#include "client/cpp/src/session/spinner.h"

#include <algorithm>
#include <thread>

namespace syncmanager {
namespace {

constexpr unsigned kMaxSkipped = 256;

}  // namespace

Spinner::Spinner(std::chrono::microseconds longest)
    : longest_(longest), cores_(std::thread::hardware_concurrency()) {}

bool Spinner::worth_it(size_t others, Monotonic now) {
  if (longest_.count() == 0 || cores_ < 2 || others >= cores_) return false;
  if (contention_.lasts(now)) return false;
  if (skipped_ >= to_skip_) return true;
  ++skipped_;
  return false;
}

void Spinner::came() {
  contention_.met();
  to_skip_ = skipped_ = 0;
}

void Spinner::came_late() {
  // Two misses in a row are no trend yet: the first is forgiven after one wait.
  to_skip_ = std::min(std::max(1U, to_skip_ * 2), kMaxSkipped);
  skipped_ = 0;
}

}  // namespace syncmanager

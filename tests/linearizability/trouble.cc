#include "tests/linearizability/trouble.h"

#include "tests/support/random_fault.h"

namespace syncmanager::linearizability {

using std::chrono::milliseconds;

Trouble::Trouble(ChaosProxy& network, uint64_t seed)
    : network_(network), dice_(seed), thread_([this] { run(); }) {}

uint64_t Trouble::end() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  end_.notify_one();
  if (thread_.joinable()) thread_.join();
  return faults_;
}

void Trouble::run() {
  while (!ends_within(milliseconds(dice_.below(20)))) {
    fail_somehow(network_, dice_);
    ++faults_;
    ends_within(milliseconds(1 + dice_.below(20)));
    network_.heal();
  }
}

bool Trouble::ends_within(milliseconds time) {
  std::unique_lock lock(mutex_);
  return end_.wait_for(lock, time, [this] { return ending_; });
}

}  // namespace syncmanager::linearizability

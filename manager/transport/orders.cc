#include "manager/transport/orders.h"

#include <utility>

namespace syncmanager {

void Orders::give(std::function<void()> order) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  orders_.push_back(std::move(order));
  if (alarm_ != nullptr) return;
  alarm_ = std::make_unique<grpc::Alarm>();
  alarm_->Set(&queue_, gpr_time_0(GPR_CLOCK_MONOTONIC), tag_);
}

void Orders::obey() {
  std::vector<std::function<void()>> orders;
  {
    const std::lock_guard lock(mutex_);
    orders = std::exchange(orders_, {});
    alarm_.reset();
  }
  for (const std::function<void()>& order : orders) order();
}

void Orders::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

}  // namespace syncmanager

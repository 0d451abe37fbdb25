#include "manager/transport/orders.h"

#include <sys/eventfd.h>

#include <utility>

namespace syncmanager {

Orders::Orders() : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Orders::give(std::function<void()> order) {
  const std::lock_guard lock(mutex_);
  orders_.push_back(std::move(order));
  ::eventfd_write(bell_.get(), 1);
}

void Orders::obey() {
  std::vector<std::function<void()>> orders;
  {
    const std::lock_guard lock(mutex_);
    orders = std::exchange(orders_, {});
    eventfd_t rings = 0;
    ::eventfd_read(bell_.get(), &rings);
  }
  for (const std::function<void()>& order : orders) order();
}

}  // namespace syncmanager

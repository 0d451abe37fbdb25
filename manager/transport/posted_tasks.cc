#include "manager/transport/posted_tasks.h"

#include <sys/eventfd.h>

#include <utility>

namespace syncmanager::manager {

PostedTasks::PostedTasks() : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void PostedTasks::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  ::eventfd_write(bell_.get(), 1);
}

void PostedTasks::run_all() {
  std::vector<std::function<void()>> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks = std::exchange(tasks_, {});
    eventfd_t rings = 0;
    ::eventfd_read(bell_.get(), &rings);
  }
  for (const std::function<void()>& task : tasks) task();
}

}  // namespace syncmanager::manager

#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

#include "client/cpp/src/pool/done_tasks.h"
#include "client/cpp/src/pool/taken_task.h"
#include "client/cpp/src/process/in_forked_child.h"
#include "protos/support/mutex.h"

namespace syncmanager {

// The tasks that a worker took together, until the manager has their results. A task that takes
// long holds up no other task of the batch: a background thread reports those that are done, and
// gives back those that aren't begun. The thread starts with the first batch of several tasks.
//
// For one thread. Throws Disconnected when the manager is gone.
class TaskBatch {
 public:
  explicit TaskBatch(ReferencePtr pool);
  ~TaskBatch();
  TaskBatch(const TaskBatch&) = delete;
  TaskBatch& operator=(const TaskBatch&) = delete;

  // The number of tasks to take next.
  uint64_t room() const { return room_; }
  // Begins the batch with these tasks.
  void fill(std::vector<TakenTask> tasks);
  // Does the next task. Returns false if there is none.
  bool do_next();
  // Reports the tasks that are done, and gives back those that aren't begun.
  void give_back_rest();
  // Blocks until the manager has acknowledged the reports.
  void wait_until_told();

 private:
  using Clock = std::chrono::steady_clock;

  std::optional<TakenTask> next();
  void give_back() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether a task that takes long would hold up another one.
  bool holds_up() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !tasks_.empty() || done_.has_untold();
  }
  void watch();
  // The watcher isn't in a forked child, and may have had the lock.
  void inherit();

  const ReferencePtr pool_;
  uint64_t room_ = 1;
  uint64_t performed_ = 0;  // The number of tasks of the batch that are done.
  Clock::time_point filled_, told_;

  Mutex mutex_;
  std::deque<TakenTask> tasks_ ABSL_GUARDED_BY(mutex_);  // Not begun.
  uint64_t begun_ ABSL_GUARDED_BY(mutex_) = 0;           // It changes with each task.
  DoneTasks done_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  ConditionVariable several_, ended_;
  std::thread watcher_;
  const InForkedChild forked_;
};

}  // namespace syncmanager

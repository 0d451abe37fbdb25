#pragma once

#include <syncmanager/pool_state.h>
#include <syncmanager/proxy.h>
#include <syncmanager/task_future.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace syncmanager {

struct PoolOptions {
  // The name of an inbox of up to 255 bytes that outlives this program: the results of its tasks
  // stay in the pool until somebody who names it collects them. Empty: an inbox of this Pool's own,
  // which ends with it.
  std::string kept_inbox;
};

// How the tasks of a Pool are done.
struct TaskOptions {
  // So many workers may die with a task before it is dead: WorkerLost.
  uint64_t attempts = 3;
  // False: a task that may have been begun isn't begun again, which is one attempt.
  bool idempotent = true;
  // How long a task that lost its worker waits before it is tried again; doubled each time.
  std::chrono::microseconds retry_delay{0};
  // After this time an idle worker also tries a task that another worker hasn't finished. The first
  // result counts. 0: never.
  std::chrono::microseconds rerun_after{0};
};

// The part of a Pool that doesn't depend on what is submitted.
class PoolCalls : public Proxy {
 public:
  // Who works, what waits, and which tasks are dead.
  PoolState state() const;
  // Puts dead tasks in line again, with all their attempts; all of them if none is named. Returns
  // how many. Pool::future waits for the result of one that was this Pool's.
  uint64_t retry(const std::vector<uint64_t>& tasks = {}) const;

 protected:
  explicit PoolCalls(ReferencePtr reference, const PoolOptions& options = {});
  static ReferencePtr open(const ReferencePtr& registry, std::string_view name);

  TaskTicket submit_encoded(std::string_view function, std::string_view arguments) const;
  TaskTicket ticket(uint64_t number) const;

  TaskOptions options_;

 private:
  std::shared_ptr<TaskInbox> inbox_;
};

}  // namespace syncmanager

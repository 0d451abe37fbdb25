#include "client/cpp/src/pool/task_batch.h"

#include <syncmanager/error.h>
#include <syncmanager/worker_policy.h>

#include <new>
#include <utility>

#include "client/cpp/src/session/ask.h"

namespace syncmanager {

TaskBatch::TaskBatch(ReferencePtr pool)
    : pool_(std::move(pool)), done_(pool_), forked_([this] { inherit(); }) {}

TaskBatch::~TaskBatch() {
  {
    const MutexLock lock(mutex_);
    ending_ = true;
  }
  several_.notify_one();
  ended_.notify_one();
  if (watcher_.joinable()) watcher_.join();
}

void TaskBatch::fill(std::vector<TakenTask> tasks) {
  const bool several = tasks.size() > 1;
  if (several && !watcher_.joinable()) watcher_ = std::thread([this] { watch(); });
  performed_ = 0;
  filled_ = told_ = Clock::now();
  {
    const MutexLock lock(mutex_);
    for (TakenTask& task : tasks) tasks_.push_back(std::move(task));
  }
  if (several) several_.notify_one();
}

bool TaskBatch::do_next() {
  std::optional<TakenTask> task = next();
  if (!task) return false;
  const Clock::time_point began = Clock::now();
  DoneTask done = perform(*task);
  const Clock::time_point now = Clock::now();
  ++performed_;
  const MutexLock lock(mutex_);
  done_.add(std::move(done));
  if (now - told_ > WorkerPolicy::kReportAfter) {
    done_.tell();
    told_ = now;
  }
  if (now - began > WorkerPolicy::kGiveBackAfter) give_back();
  return true;
}

void TaskBatch::give_back_rest() {
  const MutexLock lock(mutex_);
  done_.tell();
  give_back();
  room_ = WorkerPolicy::next_batch(performed_, Clock::now() - filled_);
}

void TaskBatch::wait_until_told() {
  const MutexLock lock(mutex_);
  done_.wait_until_told();
}

std::optional<TakenTask> TaskBatch::next() {
  const MutexLock lock(mutex_);
  if (tasks_.empty()) return std::nullopt;
  ++begun_;
  std::optional<TakenTask> next(std::move(tasks_.front()));
  tasks_.pop_front();
  return next;
}

void TaskBatch::give_back() {
  if (tasks_.empty()) return;
  wire::PoolOp::GiveBack back;
  for (const TakenTask& task : tasks_) back.add_tasks(task.number);
  ask(pool_, "give_back", Timeout::never(), [&back](wire::Request& request) {
    *request.mutable_pool()->mutable_give_back() = back;
  }).existed();
  tasks_.clear();
}

void TaskBatch::inherit() {
  new (&mutex_) Mutex();
  new (&several_) ConditionVariable();
  new (&ended_) ConditionVariable();
  new (&watcher_) std::thread();
}

// Looks every now and then rather than being told of each task: it costs short ones nothing.
void TaskBatch::watch() {
  const MutexLock lock(mutex_);
  while (!ending_) {
    while (!ending_ && !holds_up()) several_.wait(mutex_);
    const uint64_t begun = begun_;
    const Clock::time_point end = Clock::now() + WorkerPolicy::kGiveBackAfter;
    while (!ending_ && ended_.wait_until(mutex_, end)) {
    }
    if (ending_) return;
    if (begun_ != begun) continue;
    try {
      done_.tell();
      give_back();
      done_.wait_until_told();
    } catch (const Error&) {  // The thread that does the tasks gets the same error.
      return;
    }
  }
}

}  // namespace syncmanager

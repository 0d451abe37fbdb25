#include "client/cpp/src/pool/task_inbox.h"

#include <syncmanager/error.h>

#include <chrono>
#include <new>
#include <random>
#include <utility>

#include "protos/support/str_cat.h"

namespace syncmanager {
namespace {

using Clock = std::chrono::steady_clock;

// The tickets of a kept inbox are several programs': each begins somewhere else.
uint64_t first_ticket(bool kept) {
  if (!kept) return 0;
  std::random_device random;
  return uint64_t{random()} << 31;
}

}  // namespace

TaskInbox::TaskInbox(ReferencePtr pool, const std::string& kept)
    : pool_(pool),
      calls_(std::move(pool), kept),
      last_ticket_(first_ticket(calls_.is_kept())),
      forked_([this] { inherit(); }) {}

std::pair<uint64_t, PendingAnswer> TaskInbox::submit(std::string_view function,
                                                     std::string_view arguments,
                                                     const TaskOptions& options) {
  uint64_t ticket = 0;
  {
    // Another thread may collect its result before this one comes back.
    const MutexLock lock(mutex_);
    ticket = ++last_ticket_;
    tasks_[ticket].function = function;
  }
  try {
    return {ticket, calls_.submit(ticket, function, arguments, options)};
  } catch (...) {
    forget(ticket);
    throw;
  }
}

void TaskInbox::expect(uint64_t ticket) {
  const MutexLock lock(mutex_);
  if (Expected& task = tasks_[ticket]; task.function.empty()) {
    task.function = str_cat("ticket ", ticket);
  }
}

void TaskInbox::forget(uint64_t ticket) {
  const MutexLock lock(mutex_);
  tasks_.erase(ticket);
}

bool TaskInbox::wait(uint64_t ticket, Timeout timeout) {
  const std::optional<uint64_t> microseconds = timeout.microseconds();
  const auto deadline = microseconds ? Clock::now() + std::chrono::microseconds(*microseconds)
                                     : Clock::time_point::max();
  const MutexLock lock(mutex_);
  while (!tasks_.at(ticket).is_over()) {
    if (!collecting_) {
      collect(microseconds ? Timeout::until(deadline) : timeout);
      if (Clock::now() >= deadline) break;
    } else if (!changed_.wait_until(mutex_, deadline)) {
      break;
    }
  }
  return tasks_.at(ticket).is_over();
}

void TaskInbox::collect(Timeout timeout) {
  collecting_ = true;
  std::vector<TaskOutcome> outcomes;
  std::exception_ptr failure;
  {
    const MutexUnlock unlock(mutex_);
    try {
      outcomes = calls_.collect(timeout);
    } catch (...) {
      failure = std::current_exception();
    }
  }
  collecting_ = false;
  for (TaskOutcome& outcome : outcomes) deliver(std::move(outcome));
  changed_.notify_all();
  if (failure) std::rethrow_exception(failure);
}

// A kept inbox may bring what another future will ask for; of one's own it is what nobody wants.
void TaskInbox::deliver(TaskOutcome outcome) {
  const auto found = tasks_.find(outcome.ticket);
  if (found == tasks_.end() && !calls_.is_kept()) return;
  Expected& task = found == tasks_.end() ? tasks_[outcome.ticket] : found->second;
  if (outcome.kind == wire::TaskResults::PROGRESS) {
    task.progress = std::move(outcome.value);
  } else {
    task.outcome = std::move(outcome);
  }
}

void TaskInbox::inherit() {
  new (&mutex_) Mutex();
  new (&changed_) ConditionVariable();
  const MutexLock lock(mutex_);
  collecting_ = false;
}

bool TaskInbox::cancel(uint64_t ticket) {
  if (!calls_.cancel(ticket)) return false;
  const MutexLock lock(mutex_);
  return tasks_.at(ticket).cancelled = true;
}

Answer TaskInbox::take(uint64_t ticket) {
  Expected task;
  {
    const MutexLock lock(mutex_);
    task = std::move(tasks_.at(ticket));
    tasks_.erase(ticket);
  }
  if (task.outcome) return task.outcome->result(task.function);
  throw Cancelled(str_cat(pool_->description(), ": ", task.function, ": the task was cancelled"));
}

std::optional<Answer> TaskInbox::progress(uint64_t ticket) {
  const MutexLock lock(mutex_);
  return std::exchange(tasks_.at(ticket).progress, std::nullopt);
}

}  // namespace syncmanager

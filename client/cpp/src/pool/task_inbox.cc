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
    const std::lock_guard<std::mutex> lock(mutex_);
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
  const std::lock_guard<std::mutex> lock(mutex_);
  if (Expected& task = tasks_[ticket]; task.function.empty()) {
    task.function = str_cat("ticket ", ticket);
  }
}

void TaskInbox::forget(uint64_t ticket) {
  const std::lock_guard<std::mutex> lock(mutex_);
  tasks_.erase(ticket);
}

bool TaskInbox::wait(uint64_t ticket, Timeout timeout) {
  const std::optional<uint64_t> microseconds = timeout.microseconds();
  const auto deadline = Clock::now() + std::chrono::microseconds(microseconds.value_or(0));
  std::unique_lock<std::mutex> lock(mutex_);
  const auto moved_on = [&] { return !collecting_ || tasks_.at(ticket).is_over(); };
  while (!tasks_.at(ticket).is_over()) {
    if (!collecting_) {
      collect(lock, microseconds ? Timeout::until(deadline) : timeout);
      if (microseconds && Clock::now() >= deadline) break;
    } else if (!microseconds) {
      changed_.wait(lock, moved_on);
    } else if (!changed_.wait_until(lock, deadline, moved_on)) {
      break;
    }
  }
  return tasks_.at(ticket).is_over();
}

void TaskInbox::collect(std::unique_lock<std::mutex>& lock, Timeout timeout) {
  collecting_ = true;
  lock.unlock();
  std::vector<TaskOutcome> outcomes;
  std::exception_ptr failure;
  try {
    outcomes = calls_.collect(timeout);
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
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
  new (&mutex_) std::mutex();
  new (&changed_) std::condition_variable();
  collecting_ = false;
}

bool TaskInbox::cancel(uint64_t ticket) {
  if (!calls_.cancel(ticket)) return false;
  const std::lock_guard<std::mutex> lock(mutex_);
  return tasks_.at(ticket).cancelled = true;
}

Answer TaskInbox::take(uint64_t ticket) {
  Expected task;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    task = std::move(tasks_.at(ticket));
    tasks_.erase(ticket);
  }
  if (task.outcome) return task.outcome->result(task.function);
  throw Cancelled(str_cat(pool_->description(), ": ", task.function, ": the task was cancelled"));
}

std::optional<Answer> TaskInbox::progress(uint64_t ticket) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(tasks_.at(ticket).progress, std::nullopt);
}

}  // namespace syncmanager

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "client/cpp/src/pool/inbox_calls.h"
#include "client/cpp/src/process/in_forked_child.h"
#include "protos/support/mutex.h"

namespace syncmanager {

// The inbox of a Pool's futures. One of the threads that wait for results collects for all, so
// there is nothing to do while nobody waits: results that nobody asks for stay in the manager.
// Thread-safe.
class TaskInbox {
 public:
  TaskInbox(ReferencePtr pool, const std::string& kept);

  // Returns the ticket, and the call that submits the task.
  std::pair<uint64_t, PendingAnswer> submit(std::string_view function, std::string_view arguments,
                                            const TaskOptions& options);
  // Begins to collect the result of a ticket of an earlier program (a kept inbox).
  void expect(uint64_t ticket);
  // Drops the result of this ticket.
  void forget(uint64_t ticket);

  // For tickets that are expected.
  bool wait(uint64_t ticket, Timeout timeout);
  bool cancel(uint64_t ticket);
  // REQUIRES: wait() returned true. The ticket is forgotten.
  Answer take(uint64_t ticket);
  std::optional<Answer> progress(uint64_t ticket);

 private:
  struct Expected {
    std::string function;  // Of messages.
    std::optional<TaskOutcome> outcome = std::nullopt;
    std::optional<Answer> progress = std::nullopt;
    bool cancelled = false;

    bool is_over() const { return outcome || cancelled; }
  };

  // Collects results for all threads. Releases the lock while it waits.
  void collect(Timeout timeout) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void deliver(TaskOutcome outcome) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The threads that had the lock, collected or waited aren't in a forked child.
  void inherit();

  const ReferencePtr pool_;
  const InboxCalls calls_;

  Mutex mutex_;
  ConditionVariable changed_;
  bool collecting_ ABSL_GUARDED_BY(mutex_) = false;  // By some thread.
  uint64_t last_ticket_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint64_t, Expected> tasks_ ABSL_GUARDED_BY(mutex_);
  const InForkedChild forked_;
};

}  // namespace syncmanager

#pragma once

#include <syncmanager/pool_calls.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protos/pool.pb.h"

namespace syncmanager {

// The result of a task, or its progress. Moves only.
struct TaskOutcome {
  uint64_t ticket;
  wire::TaskResults::Kind kind;
  Answer value;
  uint64_t task;
  std::vector<std::string> workers;

  // Returns the value that the function returned. Throws any other outcome as an exception.
  Answer result(std::string_view function);
};

// The calls of a pool that concern one inbox. Thread-safe.
class InboxCalls {
 public:
  // `kept` is its name if it is kept; empty: one of this session's own.
  InboxCalls(ReferencePtr pool, const std::string& kept);
  // The tasks of one's own that nobody has begun aren't done; it doesn't wait for that.
  ~InboxCalls();
  InboxCalls(const InboxCalls&) = delete;
  InboxCalls& operator=(const InboxCalls&) = delete;

  bool is_kept() const { return name_.kept(); }
  PendingAnswer submit(uint64_t ticket, std::string_view function, std::string_view arguments,
                       const TaskOptions& options) const;
  // False: a worker has the task, or it is done.
  bool cancel(uint64_t ticket) const;
  // Waits for results; none: not in time.
  std::vector<TaskOutcome> collect(Timeout timeout) const;
  // The same after the calls that are under way, whose failures are thrown first.
  std::vector<TaskOutcome> collect_after(std::vector<PendingAnswer>& submissions) const;

 private:
  std::vector<TaskOutcome> outcomes_of(const Answer& answer) const;

  const ReferencePtr pool_;
  wire::Inbox name_;
};

}  // namespace syncmanager

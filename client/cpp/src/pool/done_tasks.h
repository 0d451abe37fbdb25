#pragma once

#include <syncmanager/future.h>

#include <optional>
#include <utility>
#include <vector>

#include "client/cpp/src/pool/taken_task.h"

namespace syncmanager {

// The results of a worker on their way to the manager, in batches that nobody waits for. A result
// that the manager refuses becomes an exception to its submitter, and harms no other. Not
// thread-safe.
class DoneTasks {
 public:
  explicit DoneTasks(ReferencePtr pool) : pool_(std::move(pool)) {}

  void add(DoneTask task) { untold_.push_back(std::move(task)); }
  bool has_untold() const { return !untold_.empty(); }
  // Sends what wasn't told. It leaves with the next call of the session, or a moment later.
  void tell();
  // Waits for the manager's word on what was told.
  void wait_until_told();

 private:
  void tell_singly();

  const ReferencePtr pool_;
  std::vector<DoneTask> untold_, told_;
  std::optional<PendingAnswer> answer_;  // On told_.
};

}  // namespace syncmanager

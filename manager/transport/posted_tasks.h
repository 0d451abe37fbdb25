#pragma once

#include <functional>
#include <vector>

#include "manager/transport/file_descriptor.h"
#include "protos/support/mutex.h"

namespace syncmanager::manager {

// Functions that other threads post to the server's thread. post() from any thread, run_all() on
// the server's.
class PostedTasks {
 public:
  PostedTasks();

  // Wakes the server's thread, which runs the tasks in the order in which they were posted.
  void post(std::function<void()> task);
  // Readable when there are tasks.
  int descriptor() const { return bell_.get(); }
  // Runs all posted tasks.
  void run_all();

 private:
  FileDescriptor bell_;
  Mutex mutex_;
  std::vector<std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace syncmanager::manager

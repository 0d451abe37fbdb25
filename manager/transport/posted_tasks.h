#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "manager/transport/file_descriptor.h"

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
  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;
};

}  // namespace syncmanager::manager

#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "manager/transport/file_descriptor.h"

namespace syncmanager {

// What other threads want of the thread that serves: it is woken, and does it. give() from any
// thread, obey() on that one.
class Orders {
 public:
  Orders();

  // Done soon, in the order of giving.
  void give(std::function<void()> order);
  // Readable when there are orders.
  int descriptor() const { return bell_.get(); }
  // Does what was ordered.
  void obey();

 private:
  FileDescriptor bell_;
  std::mutex mutex_;
  std::vector<std::function<void()>> orders_;
};

}  // namespace syncmanager

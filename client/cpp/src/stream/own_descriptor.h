#pragma once

#include <functional>

#include "client/cpp/src/process/in_forked_child.h"

namespace syncmanager {

// A descriptor of this process alone: a forked child closes its copy, which would keep a connection
// open whose process has died. What has one in a child is a copy, too, and isn't used there.
class OwnDescriptor {
 public:
  // `open` makes the descriptor; -1 is none.
  explicit OwnDescriptor(const std::function<int()>& open);
  ~OwnDescriptor();

  int get() const { return number_; }

 private:
  void close();

  int number_ = -1;
  const InForkedChild forked_;
};

}  // namespace syncmanager

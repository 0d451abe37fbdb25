#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "tools/syncctl/common.h"

namespace syncmanager {

// A descriptor that is readable once the session is lost: tell() is for Client's on_session_lost.
class LostSession {
 public:
  LostSession() : descriptor_(::eventfd(0, EFD_CLOEXEC)) {}
  ~LostSession() { ::close(descriptor_); }
  LostSession(const LostSession&) = delete;
  LostSession& operator=(const LostSession&) = delete;

  void tell() const {
    const uint64_t once = 1;
    if (::write(descriptor_, &once, sizeof(once)) < 0)
      report("can't tell that the session is lost");
  }
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

}  // namespace syncmanager

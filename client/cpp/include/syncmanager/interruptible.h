#pragma once

#include <stop_token>

namespace syncmanager {

// While an object of this class lives, another thread can end what its thread waits for:
//
//   const Interruptible here(stop.get_token());
//   lock.lock();  // Throws Cancelled if stop.request_stop() comes before the lock is granted.
//
// When stop is requested, the manager cancels the call that waits in this thread. A call that has
// done nothing throws Cancelled. A call that was done before returns its result, so nothing is
// lost. Calls that begin after the request are cancelled too if they would have to wait, and so is
// the call of a Future while this thread waits for it. REQUIRES: the thread that made it destroys
// it, the newest one first.
class Interruptible {
 public:
  explicit Interruptible(std::stop_token stop);
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

  // That of this thread's newest object; one that is never requested if there is none.
  static std::stop_token current();

 private:
  const std::stop_token stop_;
  const Interruptible* const outer_;
};

}  // namespace syncmanager

#pragma once

#include <syncmanager/client.h>

#include <string>

#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// The objects of a real manager that a thread calls through the C++ client, one of each kind.
//
// A Lock's proxy releases its own grant only, where the model's release is anybody's: so each
// thread has proxies of its own, and releases only what it has acquired.
class ClientCalls {
 public:
  // `semaphore`: with its permits.
  ClientCalls(const Client& client, const SharedObject& semaphore, const SharedObject& queue);

  // Performs it; whatever has to wait waits for a moment at most. Throws what the client throws.
  Answer perform(const Operation& operation);
  // What the thread is to ask instead, so that what it acquires it releases, and nothing else.
  Verb in_turn(const Operation& operation) const;

 private:
  Answer on_value(const Operation& operation) const;
  Answer on_attribute(const Operation& operation) const;
  Answer on_entry(const Operation& operation) const;
  Answer on_queue(const Operation& operation) const;
  Answer on_lock(const Operation& operation);
  Answer on_semaphore(const Operation& operation);
  Answer on_event(const Operation& operation) const;
  Answer on_list(const Operation& operation) const;

  Value<int64_t> value_;
  Namespace attributes_;
  Dict<int64_t, int64_t> entries_;
  Queue<int64_t> queue_;
  Lock lock_;
  BoundedSemaphore semaphore_;
  Event event_;
  List<int64_t> list_;
  bool holds_lock_ = false, holds_permit_ = false;
};

}  // namespace syncmanager::linearizability

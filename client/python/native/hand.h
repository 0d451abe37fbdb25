#pragma once

#include <syncmanager/answer.h>

#include <cstdint>
#include <utility>

namespace syncmanager::python {

// The hold on an item that a reliable queue has delivered to this process. When it ends before
// let_go() the item goes back to the head of its queue, without waiting for that. A forked child's
// copy does nothing: the item is in its parent's hand. With the GIL.
class Hand {
 public:
  // REQUIRES: the answer is that of a queue.get that delivers.
  explicit Hand(const Answer& answer);
  Hand(Hand&& other) noexcept = default;
  ~Hand();

  // Of the delivery.
  uint64_t number() const { return number_; }
  // The item was acked, or has gone back.
  void let_go() { holds_ = false; }

 private:
  void give_back();

  ReferencePtr reference_;
  uint64_t number_;
  bool holds_ = true;
};

}  // namespace syncmanager::python

#pragma once

#include <syncmanager/answer.h>

#include <cstdint>
#include <utility>

namespace syncmanager::python {

// An item that a reliable queue has delivered to this process, and that isn't acknowledged yet. Its
// destructor gives the item back to the head of the queue, and doesn't wait for that. A forked
// child's copy does nothing: its parent has the item. With the GIL.
class HeldDelivery {
 public:
  // REQUIRES: the answer is that of a queue.get that as_delivery.
  explicit HeldDelivery(const Answer& answer);
  HeldDelivery(HeldDelivery&& other) noexcept = default;
  ~HeldDelivery();

  // The number of the delivery.
  uint64_t number() const { return number_; }
  // The item was acknowledged or given back, so the destructor does nothing.
  void release() { holds_ = false; }

 private:
  void give_back();

  ReferencePtr reference_;
  uint64_t number_;
  bool holds_ = true;
};

}  // namespace syncmanager::python

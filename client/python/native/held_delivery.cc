#include "client/python/native/held_delivery.h"

#include <syncmanager/error.h>

#include "client/cpp/src/session/extension.h"
#include "client/python/native/without_gil.h"

namespace syncmanager::python {

HeldDelivery::HeldDelivery(const Answer& answer)
    : reference_(answer.reference()), number_(answer.delivery()) {}

HeldDelivery::~HeldDelivery() {
  if (reference_ == nullptr) return;  // It was moved from.
  const WithoutGil waiting;
  if (holds_) give_back();
  reference_.reset();  // With the last one the session ends, whose thread may want the GIL.
}

void HeldDelivery::give_back() {
  try {
    // The answer is dropped: nobody waits for it.
    start(reference_, "nack", Timeout::never(), [this](wire::Request& request) {
      request.mutable_queue()->mutable_nack()->set_delivery(number_);
    });
  } catch (const Error&) {
    // The session is over, and the manager has given the item back with it.
  }
}

}  // namespace syncmanager::python

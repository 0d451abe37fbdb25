#include "syncmanager/delivery.h"

#include <syncmanager/error.h>

#include "client/cpp/src/session/ask.h"

namespace syncmanager {

DeliveryCalls& DeliveryCalls::operator=(DeliveryCalls&& other) noexcept {
  const DeliveryCalls giving_back(std::move(*this));
  reference_ = std::move(other.reference_);
  number_ = std::exchange(other.number_, 0);
  deliveries_ = other.deliveries_;
  return *this;
}

DeliveryCalls::~DeliveryCalls() {
  if (number_ == 0) return;
  try {
    give_back(Timeout::now());
  } catch (const Error&) {
    // The session is over, and the manager has given the item back with it; or the queue is gone.
  }
}

void DeliveryCalls::ack() {
  ask(reference_, "ack", Timeout::never(), [&](wire::Request& request) {
    request.mutable_queue()->mutable_ack()->set_delivery(number_);
  }).require();
  number_ = 0;
}

void DeliveryCalls::give_back(Timeout delay) {
  ask(reference_, "nack", Timeout::never(), [&](wire::Request& request) {
    wire::QueueOp::Nack& nack = *request.mutable_queue()->mutable_nack();
    nack.set_delivery(number_);
    nack.set_delay_us(*delay.microseconds());
  }).require();
  number_ = 0;
}

}  // namespace syncmanager

#include "syncmanager/delivery.h"

#include <syncmanager/error.h>

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::QueueOp;

constexpr auto kQueue = &wire::Request::mutable_queue;
constexpr Operation kAck{kQueue, &Op::mutable_ack, "ack", &Op::Ack::set_delivery};
constexpr Operation kNack{kQueue, &Op::mutable_nack, "nack", &Op::Nack::set_delivery,
                          &Op::Nack::set_delay_us};

}  // namespace

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
  ask(reference_, kAck(number_)).require();
  number_ = 0;
}

void DeliveryCalls::give_back(Timeout delay) {
  ask(reference_, kNack(number_, *delay.microseconds())).require();
  number_ = 0;
}

}  // namespace syncmanager

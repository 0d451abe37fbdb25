#pragma once

#include <syncmanager/answer.h>
#include <syncmanager/timeout.h>

#include <chrono>
#include <cstdint>
#include <utility>

namespace syncmanager {

// The part of a Delivery that doesn't depend on what was delivered.
class DeliveryCalls {
 public:
  DeliveryCalls(DeliveryCalls&& other) noexcept
      : reference_(std::move(other.reference_)),
        number_(std::exchange(other.number_, 0)),
        deliveries_(other.deliveries_) {}
  DeliveryCalls& operator=(DeliveryCalls&& other) noexcept;
  ~DeliveryCalls();

  // How often the item was delivered, this time included, and whether that is more than once: work
  // on it may have been begun before.
  uint64_t deliveries() const { return deliveries_; }
  bool redelivered() const { return deliveries_ > 1; }

  // The item is done; join() counts it. Throws Refused if it isn't in hand any more.
  void ack();
  // The item goes back to the head of its queue, and `delay` later if one is given.
  void nack() { give_back(Timeout::now()); }
  template <class Rep, class Period>
  void nack(std::chrono::duration<Rep, Period> delay) {
    give_back(Timeout::after(delay));
  }

 protected:
  explicit DeliveryCalls(const Answer& answer)
      : reference_(answer.reference()),
        number_(answer.delivery()),
        deliveries_(answer.deliveries()) {}

 private:
  void give_back(Timeout delay);

  ReferencePtr reference_;
  uint64_t number_;  // 0: not in hand any more.
  uint64_t deliveries_;
};

// An item that a queue's take() put into this process' hand: ack() says that it is done. One that
// is destroyed before, as by an exception, goes back to the head of its queue without a word, and
// so do all when the process dies or says goodbye. Moves only; one thread at a time, any thread.
template <class T>
class Delivery : public DeliveryCalls {
 public:
  // Made by take(). Throws WrongType and returns the item to the queue if it isn't a T.
  explicit Delivery(Answer& answer) : DeliveryCalls(answer), item_(answer.as<T>()) {}

  const T& item() const { return item_; }

 private:
  T item_;
};

}  // namespace syncmanager

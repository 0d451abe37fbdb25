// How items leave the hands of those who took them from a reliable queue, and come back.

#include <utility>
#include <vector>

#include "manager/core/services.h"
#include "manager/core/session.h"
#include "manager/objects/queue.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {

std::optional<QueueItem> Queue::take_from_hand(Call& call, uint64_t delivery) {
  std::optional<QueueItem> item = unacknowledged_.take(call.session().number(), delivery);
  if (item) {
    call.session().unhold(*this);
  } else {
    call.refuse(wire::BAD_VALUE, str_cat("delivery ", delivery,
                                         " isn't in hand: it was acked or came back, or it is "
                                         "another session's"));
  }
  return item;
}

void Queue::ack(Call call, uint64_t delivery) {
  const std::optional<QueueItem> item = take_from_hand(call, delivery);
  if (!item) return;
  forget_key(*item);
  call.reply();
  finish(1);
}

void Queue::nack(Call call) {
  const wire::QueueOp::Nack nack = call.request().queue().nack();
  if (!check_delay(call, nack.delay_us())) return;
  std::optional<QueueItem> item = take_from_hand(call, nack.delivery());
  if (!item) return;
  if (nack.unseen()) --item->deliveries;
  call.reply();
  if (retires(*item)) return;
  if (nack.delay_us() != 0) return delay(*std::move(item), nack.delay_us());
  items_.put_first(*std::move(item));
  serve();
}

void Queue::session_ended(SessionNumber session, bool) {
  std::vector<QueueItem> returned;
  for (QueueItem& item : unacknowledged_.take_all(session)) {
    if (!retires(item)) returned.push_back(std::move(item));
  }
  for (; !returned.empty(); returned.pop_back()) items_.put_first(std::move(returned.back()));
  serve();
}

// Nobody asks what a plain queue gave: it takes any value for one, and counts no task.
void Queue::put_back(Call call) {
  if (shape_.reliable) {
    return call.refuse(wire::REFUSED, "what a reliable queue gave comes back by a nack");
  }
  std::optional<Stored> value =
      store(call, std::move(*call.request().mutable_queue()->mutable_put_back()->mutable_item()));
  if (!value) return;
  call.reply();
  if (emptied_) return finish(1);
  items_.put_first({.value = *std::move(value)});
  serve();
}

// An item that has no place among the dead letters comes once more: it is not lost.
bool Queue::retires(QueueItem& item) {
  const bool worn = shape_.max_deliveries != 0 && item.deliveries >= shape_.max_deliveries;
  if (!worn && !emptied_) return false;
  if (worn) {
    // The catalog has no other object with a queue's operations.
    auto* dead = static_cast<Queue*>(services().find(shape_.dead_letters));
    if (dead != nullptr && !dead->take_dead_letter(item.value) && !emptied_) return false;
  }
  forget_key(item);
  finish(1);
  return true;
}

bool Queue::take_dead_letter(Stored& value) {
  if (shut_down_ || !take_over(value)) return false;
  ++unfinished_;
  items_.put({.value = std::move(value)});
  serve();
  return true;
}

}  // namespace syncmanager::manager

// Queue, LifoQueue and PriorityQueue, after Python's queue module with 3.13's shutdown.
//
// Between calls:
//   - somebody waits in getters_ only while items_ is empty;
//   - somebody waits in putters_ only while items_ is full;
//   - somebody waits in joiners_ only while unfinished_ isn't 0;
//   - after a shutdown nobody waits to put, and nobody to get.
// So each item changes hands once, and whoever has waited longest is served first.

#include <algorithm>
#include <string>
#include <utility>

#include "manager/core/engine.h"
#include "manager/core/object.h"
#include "manager/objects/catalog.h"
#include "manager/objects/queue_items.h"
#include "protos/str_cat.h"

namespace syncmanager {
namespace {

constexpr const char* kShutDown = "the queue was shut down";

class Queue final : public Object {
 public:
  Queue(Order order, int64_t maxsize)
      : order_(order), maxsize_(std::max<int64_t>(maxsize, 0)), items_(order) {}

  void perform(Call call) override;
  bool same_shape(const Options& options) const override;
  void gave_up(WaitList& list, Call call, GiveUp reason) override;
  uint64_t size() const override { return items_.size(); }
  void describe(wire::ObjectState& state) const override;
  void save(Snapshot& snapshot) const override;

 private:
  void put(Call call);
  void get(Call call);
  void task_done(Call call);
  void join(Call call);
  void shut_down(Call call);

  bool full() const { return maxsize_ != 0 && items_.size() >= static_cast<uint64_t>(maxsize_); }
  void finish(uint64_t tasks);
  void admit_putters();

  const Order order_;
  const int64_t maxsize_;  // 0: no bound.
  QueueItems items_;
  uint64_t unfinished_ = 0;  // Put, and not yet told done.
  bool shut_down_ = false;
  WaitList getters_{this, "get"};
  WaitList putters_{this, "put"};
  WaitList joiners_{this, "join"};
};

void Queue::perform(Call call) {
  const wire::QueueOp& op = call.request().queue();
  switch (op.method_case()) {
    case wire::QueueOp::kPut:
      return put(std::move(call));
    case wire::QueueOp::kGet:
      return get(std::move(call));
    case wire::QueueOp::kSize:
      return call.reply_integer(static_cast<int64_t>(items_.size()));
    case wire::QueueOp::kFull:
      return call.reply_boolean(full());
    case wire::QueueOp::kTaskDone:
      return task_done(std::move(call));
    case wire::QueueOp::kJoin:
      return join(std::move(call));
    case wire::QueueOp::kShutDown:
      return shut_down(std::move(call));
    case wire::QueueOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a queue");
}

void Queue::put(Call call) {
  if (shut_down_) return call.refuse(wire::SHUT_DOWN, kShutDown);
  if (full()) return putters_.park(std::move(call));
  std::optional<Stored> item =
      keep(call, std::move(*call.request().mutable_queue()->mutable_put()->mutable_item()));
  if (!item) return;
  const absl::Status fits = items_.fits(*item);
  if (!fits.ok()) return call.refuse(wire::BAD_TYPE, fits);
  ++unfinished_;
  call.reply();
  if (std::optional<Call> getter = getters_.pop()) {
    getter->reply(*item);
  } else {
    items_.put(*std::move(item));
  }
}

void Queue::get(Call call) {
  if (items_.empty()) {
    if (shut_down_) return call.refuse(wire::SHUT_DOWN, kShutDown);
    return getters_.park(std::move(call));
  }
  call.reply(items_.next());
  items_.drop_next();
  admit_putters();
}

// A putter whose item is refused leaves its room to the next one.
void Queue::admit_putters() {
  while (!full()) {
    std::optional<Call> putter = putters_.pop();
    if (!putter) return;
    put(*std::move(putter));
  }
}

void Queue::task_done(Call call) {
  if (unfinished_ == 0) {
    return call.refuse(wire::BAD_VALUE, "task_done() called too many times");
  }
  call.reply();
  finish(1);
}

void Queue::join(Call call) {
  if (unfinished_ == 0) return call.reply();
  joiners_.park(std::move(call));
}

void Queue::finish(uint64_t tasks) {
  unfinished_ -= std::min(tasks, unfinished_);
  if (unfinished_ > 0) return;
  while (std::optional<Call> joiner = joiners_.pop()) joiner->reply();
}

// As Queue.shutdown: puts are over at once, gets when the queue is empty; an immediate one empties
// it.
void Queue::shut_down(Call call) {
  const bool immediate = call.request().queue().shut_down().immediate();
  shut_down_ = true;
  call.reply();
  if (immediate) {
    finish(items_.size());
    items_.clear();
  }
  while (std::optional<Call> putter = putters_.pop()) putter->refuse(wire::SHUT_DOWN, kShutDown);
  if (!items_.empty()) return;
  while (std::optional<Call> getter = getters_.pop()) getter->refuse(wire::SHUT_DOWN, kShutDown);
}

void Queue::gave_up(WaitList& list, Call call, GiveUp reason) {
  if (reason != GiveUp::kTimedOut) return call.give_up(reason);
  call.refuse(wire::TIMED_OUT, &list == &putters_   ? "the queue is full"
                               : &list == &getters_ ? "the queue is empty"
                                                    : "tasks are unfinished");
}

bool Queue::same_shape(const Options& options) const {
  const wire::QueueOptions& wanted = options.has_queue()        ? options.queue()
                                     : options.has_lifo_queue() ? options.lifo_queue()
                                                                : options.priority_queue();
  return std::max<int64_t>(wanted.maxsize(), 0) == maxsize_;
}

void Queue::describe(wire::ObjectState& state) const {
  state.set_detail(
      str_cat("maxsize ", maxsize_, ", unfinished ", unfinished_, shut_down_ ? ", shut down" : ""));
}

void Queue::save(Snapshot& snapshot) const {
  snapshot.number(static_cast<uint64_t>(order_));
  snapshot.number(static_cast<uint64_t>(maxsize_));
  snapshot.number(unfinished_);
  snapshot.boolean(shut_down_);
  items_.save(snapshot);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Object>> make_queue(const Options& options) {
  switch (options.type_case()) {
    case Options::kLifoQueue:
      return std::make_unique<Queue>(Order::kLastIn, options.lifo_queue().maxsize());
    case Options::kPriorityQueue:
      return std::make_unique<Queue>(Order::kSmallest, options.priority_queue().maxsize());
    default:
      return std::make_unique<Queue>(Order::kFirstIn, options.queue().maxsize());
  }
}

}  // namespace syncmanager

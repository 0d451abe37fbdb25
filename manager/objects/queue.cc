#include "manager/objects/queue.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "manager/core/check.h"
#include "manager/core/services.h"
#include "manager/core/session.h"
#include "manager/objects/page.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

constexpr const char* kShutDown = "the queue was shut down";
constexpr size_t kKeyBytes = 255;

const wire::QueueOptions& options_of(const Options& options) {
  return options.has_queue()        ? options.queue()
         : options.has_lifo_queue() ? options.lifo_queue()
                                    : options.priority_queue();
}

}  // namespace

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
    case wire::QueueOp::kAck:
      return ack(std::move(call), op.ack().delivery());
    case wire::QueueOp::kNack:
      return nack(std::move(call));
    case wire::QueueOp::kPutBack:
      return put_back(std::move(call));
    case wire::QueueOp::kWaiting:
      return waiting(std::move(call));
    case wire::QueueOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a queue");
}

// ---- In.

// A parked put is checked when it comes: a bad value is refused at once and not when there is room.
void Queue::put(Call&& call) {
  if (shut_down_) return call.refuse(wire::SHUT_DOWN, kShutDown);
  const wire::QueueOp::Put& put = call.request().queue().put();
  if (put.key().size() > kKeyBytes) {
    return call.refuse(wire::INVALID_ARGUMENT,
                       str_cat("a key of ", put.key().size(), " bytes; at most ", kKeyBytes));
  }
  if (!check_delay(call, put.delay_us())) return;
  if (putters_.empty() && has_room(put.item().size())) return perform_put(std::move(call));
  if (repeats(put)) return call.reply_boolean(false);
  if (check(call, put.item())) putters_.park(std::move(call));
}

bool Queue::check_delay(Call& call, uint64_t delay_us) const {
  const auto max = static_cast<uint64_t>(services().limits().timeout.count());
  if (delay_us <= max) return true;
  call.refuse(wire::INVALID_ARGUMENT,
              str_cat("a delay of ", delay_us, " us is longer than a year (", max, " us)"));
  return false;
}

bool Queue::has_room(uint64_t bytes) const {
  if (shape_.maxsize == 0 && shape_.max_bytes == 0) return true;
  const uint64_t items = items_.size() + items_.delayed();
  if (shape_.maxsize != 0 && items >= shape_.maxsize) return false;
  return shape_.max_bytes == 0 || items == 0 || items_.bytes() + bytes <= shape_.max_bytes;
}

void Queue::check_invariants() const {
  CHECK(getters_.empty() || items_.empty());
  CHECK(putters_.empty() ||
        !has_room(putters_.first()->call.request().queue().put().item().size()));
  CHECK(joiners_.empty() || unfinished_ > 0);
  CHECK(!shut_down_ || putters_.empty());
  CHECK(!shut_down_ || getters_.empty() || items_.delayed() > 0);
}

void Queue::perform_put(Call&& call) {
  wire::QueueOp::Put& put = *call.request().mutable_queue()->mutable_put();
  if (repeats(put)) return call.reply_boolean(false);
  std::optional<Stored> value = store(call, std::move(*put.mutable_item()));
  if (!value) return;
  if (!check_place(call, *value)) return;
  QueueItem item{.value = *std::move(value)};
  const uint64_t delay_us = put.delay_us(), place = put.place().index();
  const bool has_place = put.has_place();
  if (put.has_key()) {
    std::optional<Stored> key = store_own(call, std::move(*put.mutable_key()));
    if (!key) return;
    item.key = std::make_unique<Stored>(*std::move(key));
    keys_.insert(item.key->bytes());
    call.reply_boolean(true);
  } else {
    call.reply();
  }
  ++unfinished_;
  if (delay_us != 0) return delay(std::move(item), delay_us);
  has_place ? items_.put_at(place, std::move(item)) : items_.put(std::move(item));
  if (!getters_.empty()) hand_out(*getters_.pop());
}

bool Queue::check_place(Call& call, const Stored& value) const {
  const wire::QueueOp::Put& put = call.request().queue().put();
  if (!put.has_place()) {
    const absl::Status fits = items_.fits(value);
    if (!fits.ok()) call.refuse(wire::BAD_TYPE, fits);
    return fits.ok();
  }
  if (put.place().version() != items_.version()) {
    call.refuse(wire::CHANGED, "the line has changed");
    return false;
  }
  const bool has_place = order_ == Order::kSmallest && put.delay_us() == 0;
  if (has_place && put.place().index() <= items_.size()) return true;
  call.refuse(wire::INVALID_ARGUMENT,
              str_cat("a place of ", put.place().index(),
                      "; only an item of a PriorityQueue has "
                      "one, of at most the length of the line, and no delay"));
  return false;
}

void Queue::delay(QueueItem&& item, uint64_t delay_us) {
  items_.put_later(std::move(item),
                   services().now() + Duration(static_cast<Duration::rep>(delay_us)));
  services().wake_at(*this, items_.next_due());
}

void Queue::on_time() {
  items_.admit_due(services().now());
  services().wake_at(*this, items_.next_due());
  serve();
}

// ---- Out.

void Queue::get(Call&& call) {
  if (items_.empty()) {
    if (shut_down_ && items_.delayed() == 0) return call.refuse(wire::SHUT_DOWN, kShutDown);
    return getters_.park(std::move(call));
  }
  hand_out(std::move(call));
  serve();
}

void Queue::hand_out(Call&& getter) {
  QueueItem item = items_.take_next();
  if (!shape_.reliable && !getter.request().queue().get().in_hand()) {
    forget_key(item);
    return getter.reply(item.value);
  }
  const Caller caller = getter.caller();
  wire::Reply reply;
  wire::Delivery& delivery = *reply.mutable_delivery();
  delivery.set_value(item.value.bytes().data(), item.value.bytes().size());
  delivery.set_count(++item.deliveries);
  getter.adopt(item.value);
  getter.session().hold(*this);
  delivery.set_number(unacknowledged_.add({caller, services().now(), std::move(item)}));
  getter.reply(reply);
}

// After somebody came in line, or left it, or stopped waiting to put. A putter whose item is
// refused leaves its room to the next one.
void Queue::serve() {
  while (!items_.empty() && !getters_.empty()) hand_out(*getters_.pop());
  while (!putters_.empty()) {
    if (!has_room(putters_.first()->call.request().queue().put().item().size())) break;
    perform_put(*putters_.pop());
  }
  if (shut_down_) end_getters();
}

void Queue::waiting(Call call) const {
  const wire::QueueOp::Waiting& op = call.request().queue().waiting();
  if (!same_version(call, op.version(), items_.version(), row().name)) return;
  const std::vector<const QueueItem*> line = items_.in_order();
  PageBuilder page(call, items_.version());
  for (uint64_t i = op.cursor(); i < line.size(); ++i) {
    if (!page.has_room(line[i]->value.bytes().size())) return page.reply(i);
    page.add(line[i]->value);
  }
  page.reply(0);
}

void Queue::task_done(Call call) {
  const uint64_t delivery = unacknowledged_.oldest_of(call.caller());
  if (delivery != 0) return ack(std::move(call), delivery);
  if (shape_.reliable || unfinished_ == 0) {
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
// it. No put asks for keys any more.
void Queue::shut_down(Call call) {
  const bool immediate = call.request().queue().shut_down().immediate();
  shut_down_ = true;
  call.reply();
  if (immediate) {
    emptied_ = true;
    finish(items_.size() + items_.delayed());
    items_.clear();
    keys_.clear();
    services().wake_at(*this, kNever);
  }
  while (std::optional<Call> putter = putters_.pop()) putter->refuse(wire::SHUT_DOWN, kShutDown);
  end_getters();
}

void Queue::end_getters() {
  if (!items_.empty() || items_.delayed() > 0) return;
  while (std::optional<Call> getter = getters_.pop()) getter->refuse(wire::SHUT_DOWN, kShutDown);
}

// ---- The rest.

bool Queue::fill(Call& call, Options&) {
  if (shape_.dead_letters == 0) return true;
  const ObjectId id = std::exchange(shape_.dead_letters, 0);
  const Object* found = call.session().find(id);
  if (found == nullptr) {
    call.refuse(wire::NO_SUCH_OBJECT, str_cat("this session has no object ", id));
    return false;
  }
  if (found->row().op != row().op) {
    call.refuse(wire::WRONG_TYPE,
                str_cat("dead letters go to a queue; object ", id, " is a ", found->row().name));
    return false;
  }
  services().retain(id);
  shape_.dead_letters = id;
  return true;
}

void Queue::deleted() { services().release(shape_.dead_letters); }

bool Queue::same_shape(const Options& options) const {
  return QueueShape(options_of(options)) == shape_;
}

void Queue::gave_up(WaitList& list, Call call, GiveUp reason) {
  if (reason == GiveUp::kTimedOut) {
    call.refuse(wire::TIMED_OUT, &list == &putters_   ? "the queue is full"
                                 : &list == &getters_ ? "the queue is empty"
                                                      : "tasks are unfinished");
  } else {
    call.give_up(reason);
  }
  // The first waiter may have needed more room than the waiters behind it.
  if (&list == &putters_ && reason != GiveUp::kObjectGone) serve();
}

void Queue::describe(wire::ObjectState& state) const {
  for (const auto& [number, delivery] : unacknowledged_.deliveries()) {
    if (state.holders_size() == kMaxShown) break;
    wire::CallerState& caller = *state.add_holders();
    services().describe_caller(delivery.caller, delivery.since, caller);
    caller.set_count(delivery.item.deliveries);
    caller.set_what(str_cat("delivery ", number));
  }
  std::string detail = str_cat("maxsize ", shape_.maxsize, ", unfinished ", unfinished_);
  if (shape_.max_bytes != 0) detail += str_cat(", max_bytes ", shape_.max_bytes);
  if (shape_.reliable) detail += ", reliable";
  if (shape_.reliable || unacknowledged_.size() > 0) {
    detail += str_cat(", in hand ", unacknowledged_.size());
  }
  if (shape_.max_deliveries != 0) {
    detail += str_cat(", max_deliveries ", shape_.max_deliveries);
    detail += str_cat(", dead letters to object ", shape_.dead_letters);
  }
  if (items_.delayed() > 0) detail += str_cat(", delayed ", items_.delayed());
  if (shut_down_) detail += ", shut down";
  state.set_detail(detail);
}

void Queue::save(Snapshot& snapshot) const {
  snapshot.number(static_cast<uint64_t>(order_));
  snapshot.number(shape_.maxsize);
  snapshot.number(shape_.max_bytes);
  snapshot.boolean(shape_.reliable);
  snapshot.number(shape_.max_deliveries);
  snapshot.number(shape_.dead_letters);
  snapshot.number(unfinished_);
  snapshot.boolean(shut_down_);
  snapshot.boolean(emptied_);
  items_.save(snapshot);
  unacknowledged_.save(snapshot);
}

Access access_to_queue(const wire::Request& request) {
  using Op = wire::QueueOp;
  switch (request.queue().method_case()) {
    case Op::kSize:
    case Op::kFull:
    case Op::kJoin:
      return Access::kRead;
    case Op::kPut:
      return Access::kPut;
    case Op::kGet:
    case Op::kTaskDone:
    case Op::kAck:
    case Op::kNack:
    case Op::kPutBack:
    case Op::kWaiting:
      return Access::kTake;
    case Op::kShutDown:
    case Op::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_queue(const Options& options) {
  const QueueShape shape(options_of(options));
  if (shape.max_deliveries != 0 && !shape.reliable) {
    return absl::InvalidArgumentError("max_deliveries is for a reliable queue");
  }
  if (shape.dead_letters != 0 && shape.max_deliveries == 0) {
    return absl::InvalidArgumentError("dead_letters is for a queue with max_deliveries");
  }
  const Order order = options.has_lifo_queue()       ? Order::kLastIn
                      : options.has_priority_queue() ? Order::kSmallest
                                                     : Order::kFirstIn;
  return std::make_unique<Queue>(order, shape);
}

}  // namespace syncmanager::manager

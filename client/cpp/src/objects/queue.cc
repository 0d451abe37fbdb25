#include "syncmanager/queue.h"

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::QueueOp;

constexpr auto kQueue = &wire::Request::mutable_queue;
constexpr Operation kFull{kQueue, &Op::mutable_full, "full"};
constexpr Operation kGet{kQueue, &Op::mutable_get, "get"};
constexpr Operation kJoin{kQueue, &Op::mutable_join, "join"};
constexpr Operation kPut{kQueue, &Op::mutable_put, "put", &Op::Put::mutable_item};
constexpr Operation kPutAfter{kQueue, &Op::mutable_put, "put_after", &Op::Put::mutable_item,
                              &Op::Put::set_delay_us};
constexpr Operation kPutBack{kQueue, &Op::mutable_put_back, "put_back", &Op::PutBack::mutable_item};
constexpr Operation kPutOnce{kQueue, &Op::mutable_put, "put_once", &Op::Put::mutable_item,
                             &Op::Put::mutable_key};
constexpr Operation kShutDown{kQueue, &Op::mutable_shut_down, "shut_down",
                              &Op::ShutDown::set_immediate};
constexpr Operation kSize{kQueue, &Op::mutable_size, "size"};
constexpr Operation kTake{kQueue, &Op::mutable_get, "take", &Op::Get::set_in_hand};
constexpr Operation kTaskDone{kQueue, &Op::mutable_task_done, "task_done"};
constexpr Operation kWaiting{kQueue, &Op::mutable_waiting, "waiting", &Op::Waiting::set_cursor,
                             &Op::Waiting::set_version};

wire::QueueOptions& options_of(QueueOrder order, wire::RegistryOp::Open& open) {
  switch (order) {
    case QueueOrder::kLastIn:
      return *open.mutable_lifo_queue();
    case QueueOrder::kSmallest:
      return *open.mutable_priority_queue();
    case QueueOrder::kFirstIn:
      break;
  }
  return *open.mutable_queue();
}

}  // namespace

ReferencePtr QueueCalls::open(const ReferencePtr& registry, std::string_view name, QueueOrder order,
                              const QueueOptions& options) {
  const auto fill = [&](wire::RegistryOp::Open& open) {
    wire::QueueOptions& queue = options_of(order, open);
    queue.set_maxsize(options.capacity);
    queue.set_max_bytes(options.max_bytes);
    queue.set_reliable(options.reliable);
    queue.set_max_deliveries(options.max_deliveries != 0 ? options.max_deliveries
                                                         : options.most_deliveries);
    if (options.dead_letters) queue.set_dead_letters(options.dead_letters->id());
  };
  return open_object(registry, name, "Queue", fill);
}

int64_t QueueCalls::size() const { return ask(reference_, kSize()).as<int64_t>(); }

bool QueueCalls::full() const { return ask(reference_, kFull()).boolean(); }

void QueueCalls::task_done() const { ask(reference_, kTaskDone()).require(); }

bool QueueCalls::join(Timeout timeout) const { return ask(reference_, kJoin(), timeout).in_time(); }

void QueueCalls::shut_down(bool immediate) const {
  ask(reference_, kShutDown(immediate)).require();
}

Answer QueueCalls::put_encoded(std::string_view item, Timeout timeout) const {
  return ask(reference_, kPut(item), timeout);
}

Answer QueueCalls::get_encoded(Timeout timeout) const { return ask(reference_, kGet(), timeout); }

Answer QueueCalls::take_encoded(Timeout timeout) const {
  return ask(reference_, kTake(true), timeout);
}

void QueueCalls::put_encoded_after(std::string_view item, Timeout delay) const {
  ask(reference_, kPutAfter(item, *delay.microseconds())).require();
}

bool QueueCalls::put_encoded_once(std::string_view key, std::string_view item) const {
  return ask(reference_, kPutOnce(item, key)).boolean();
}

void QueueCalls::put_encoded_back(std::string_view item) const {
  ask(reference_, kPutBack(item)).require();
}

PendingAnswer QueueCalls::start_put(std::string_view item, Timeout timeout) const {
  return start(reference_, kPut(item), timeout);
}

PendingAnswer QueueCalls::start_get(Timeout timeout) const {
  return start(reference_, kGet(), timeout, Dropped::kGoesBack);
}

Answer QueueCalls::page(PagePosition position) const {
  return ask(reference_, kWaiting(position.cursor, position.version));
}

}  // namespace syncmanager

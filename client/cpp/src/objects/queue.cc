#include "syncmanager/queue.h"

#include "client/cpp/src/session/ask.h"
#include "protos/support/huge_pages.h"

namespace syncmanager {
namespace {

auto put_of(std::string_view item) {
  return [item](wire::Request& request) {
    request.mutable_queue()->mutable_put()->set_item(copy_of(item));
  };
}

void get_of(wire::Request& request) { request.mutable_queue()->mutable_get(); }

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
    queue.set_most_deliveries(options.most_deliveries);
    if (options.dead_letters) queue.set_dead_letters(options.dead_letters->id());
  };
  return open_object(registry, name, "Queue", fill);
}

int64_t QueueCalls::size() const {
  return ask(reference_, "size", Timeout::never(),
             [](wire::Request& request) { request.mutable_queue()->mutable_size(); })
      .as<int64_t>();
}

bool QueueCalls::full() const {
  return ask(reference_, "full", Timeout::never(),
             [](wire::Request& request) { request.mutable_queue()->mutable_full(); })
      .boolean();
}

void QueueCalls::task_done() const {
  ask(reference_, "task_done", Timeout::never(), [](wire::Request& request) {
    request.mutable_queue()->mutable_task_done();
  }).require();
}

bool QueueCalls::join(Timeout timeout) const {
  return ask(reference_, "join", timeout,
             [](wire::Request& request) { request.mutable_queue()->mutable_join(); })
      .in_time();
}

void QueueCalls::shut_down(bool immediate) const {
  ask(reference_, "shut_down", Timeout::never(), [immediate](wire::Request& request) {
    request.mutable_queue()->mutable_shut_down()->set_immediate(immediate);
  }).require();
}

Answer QueueCalls::put_encoded(std::string_view item, Timeout timeout) const {
  return ask(reference_, "put", timeout, put_of(item));
}

Answer QueueCalls::get_encoded(Timeout timeout) const {
  return ask(reference_, "get", timeout, get_of);
}

Answer QueueCalls::take_encoded(Timeout timeout) const {
  return ask(reference_, "take", timeout, [](wire::Request& request) {
    request.mutable_queue()->mutable_get()->set_in_hand(true);
  });
}

void QueueCalls::put_encoded_after(std::string_view item, Timeout delay) const {
  ask(reference_, "put_after", Timeout::never(), [&](wire::Request& request) {
    put_of(item)(request);
    request.mutable_queue()->mutable_put()->set_delay_us(*delay.microseconds());
  }).require();
}

bool QueueCalls::put_encoded_once(std::string_view key, std::string_view item) const {
  return ask(reference_, "put_once", Timeout::never(),
             [&](wire::Request& request) {
               put_of(item)(request);
               request.mutable_queue()->mutable_put()->set_key(key.data(), key.size());
             })
      .boolean();
}

void QueueCalls::put_encoded_back(std::string_view item) const {
  ask(reference_, "put_back", Timeout::never(), [item](wire::Request& request) {
    request.mutable_queue()->mutable_put_back()->set_item(copy_of(item));
  }).require();
}

PendingAnswer QueueCalls::start_put(std::string_view item, Timeout timeout) const {
  return start(reference_, "put", timeout, put_of(item));
}

PendingAnswer QueueCalls::start_get(Timeout timeout) const {
  return start(reference_, "get", timeout, get_of, Dropped::kGoesBack);
}

}  // namespace syncmanager

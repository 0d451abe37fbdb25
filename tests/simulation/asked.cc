#include "tests/simulation/asked.h"

#include <charconv>
#include <string_view>

#include "manager/core/check.h"
#include "tests/support/values.h"

namespace syncmanager::manager::simulation {
namespace {

std::optional<uint64_t> number_of(std::string_view value) {
  const std::optional<ValueHead> head = ValueReader(value).head();
  if (!head) return std::nullopt;
  if (head->kind == Kind::kInteger) return static_cast<uint64_t>(head->integer);
  if (head->kind != Kind::kText) return std::nullopt;
  uint64_t number = 0;
  std::from_chars(head->content.data(), head->content.data() + head->content.size(), number);
  return number;
}

void write_queue(const Asked& asked, wire::QueueOp& op) {
  switch (asked.verb) {
    case Verb::kPut:
      return op.mutable_put()->set_item(item_of(asked));
    case Verb::kGet:
      return void(op.mutable_get());
    case Verb::kTake:
      return op.mutable_get()->set_in_hand(true);
    case Verb::kTaskDone:
      return void(op.mutable_task_done());
    case Verb::kAck:
      return op.mutable_ack()->set_delivery(asked.number);
    case Verb::kNack:
      return op.mutable_nack()->set_delivery(asked.number);
    case Verb::kJoin:
      return void(op.mutable_join());
    case Verb::kShutDown:
      return void(op.mutable_shut_down());
    case Verb::kEmpty:
      return op.mutable_shut_down()->set_immediate(true);
    default:
      CHECK(false && "a queue's verb");
  }
}

void write_lock(const Asked& asked, wire::LockOp& op) {
  if (asked.verb == Verb::kAcquire) return void(op.mutable_acquire());
  op.mutable_release()->set_fencing(asked.number);
}

void write_semaphore(const Asked& asked, wire::SemaphoreOp& op) {
  const auto permits = static_cast<int64_t>(asked.number);
  if (asked.verb == Verb::kAcquire) return op.mutable_acquire()->set_permits(permits);
  op.mutable_release()->set_permits(permits);
}

void write_rwlock(const Asked& asked, wire::RWLockOp& op) {
  if (asked.verb == Verb::kRead) return void(op.mutable_acquire_read());
  if (asked.verb == Verb::kWrite) return void(op.mutable_acquire_write());
  op.mutable_release();
}

void write_condition(const Asked& asked, wire::ConditionOp& op) {
  switch (asked.verb) {
    case Verb::kAcquire:
      return void(op.mutable_acquire());
    case Verb::kRelease:
      return void(op.mutable_release());
    case Verb::kWait:
      return void(op.mutable_wait());
    case Verb::kNotify:
      return op.mutable_notify()->set_count(asked.number);
    default:
      op.mutable_notify_all();
  }
}

void write_event(const Asked& asked, wire::EventOp& op) {
  if (asked.verb == Verb::kSet) return void(op.mutable_set());
  if (asked.verb == Verb::kClear) return void(op.mutable_clear());
  op.mutable_wait();
}

void write_barrier(const Asked& asked, wire::BarrierOp& op) {
  if (asked.verb == Verb::kReset) return void(op.mutable_reset());
  if (asked.verb == Verb::kAbort) return void(op.mutable_abort());
  op.mutable_wait();
}

void write_latch(const Asked& asked, wire::LatchOp& op) {
  if (asked.verb == Verb::kWait) return void(op.mutable_wait());
  op.mutable_count_down()->set_count(static_cast<int64_t>(asked.number));
}

void write_counter(const Asked& asked, wire::CounterOp& op) {
  const auto number = static_cast<int64_t>(asked.number);
  if (asked.verb == Verb::kWait) return op.mutable_wait()->set_at_least(8 * number);
  op.mutable_add()->set_amount(number);
}

void write_registry(const Asked& asked, wire::RegistryOp& op) {
  switch (asked.verb) {
    case Verb::kMake:
      return void(op.mutable_open()->mutable_lock());
    case Verb::kForget:
      op.mutable_forget()->set_count(1);
      return op.mutable_forget()->set_object(asked.object);
    default:
      op.mutable_adopt()->set_object(asked.object);
  }
}

}  // namespace

const char* name_of(Verb verb) {
  static constexpr const char* kNames[] = {
      "put",    "get",       "take",  "task_done",  "ack",        "nack",
      "join",   "shut_down", "empty", "acquire",    "release",    "release its grant",
      "read",   "write",     "wait",  "notify",     "notify_all", "set",
      "clear",  "reset",     "abort", "count_down", "add",        "adopt",
      "forget", "make"};
  return kNames[static_cast<size_t>(verb)];
}

void write(const Asked& asked, wire::Request& request) {
  request.set_id(asked.id);
  request.set_caller(asked.caller.thread);
  if (asked.timeout_us != Asked::kForEver) request.set_timeout_us(asked.timeout_us);
  if (asked.op != wire::Request::kRegistry) request.set_object(asked.object);
  switch (asked.op) {
    case wire::Request::kQueue:
      return write_queue(asked, *request.mutable_queue());
    case wire::Request::kLock:
      return write_lock(asked, *request.mutable_lock());
    case wire::Request::kSemaphore:
      return write_semaphore(asked, *request.mutable_semaphore());
    case wire::Request::kRwlock:
      return write_rwlock(asked, *request.mutable_rwlock());
    case wire::Request::kCondition:
      return write_condition(asked, *request.mutable_condition());
    case wire::Request::kEvent:
      return write_event(asked, *request.mutable_event());
    case wire::Request::kBarrier:
      return write_barrier(asked, *request.mutable_barrier());
    case wire::Request::kLatch:
      return write_latch(asked, *request.mutable_latch());
    case wire::Request::kCounter:
      return write_counter(asked, *request.mutable_counter());
    case wire::Request::kValue:
      return request.mutable_value()->mutable_add()->set_amount(
          encoded(static_cast<int64_t>(asked.number)));
    default:
      return write_registry(asked, *request.mutable_registry());
  }
}

std::string encoded_request(const Asked& asked) {
  wire::Request request;
  write(asked, request);
  request.clear_id();
  return request.SerializeAsString();
}

// Texts, so that a priority queue can order them and they can be of any length.
std::string item_of(const Asked& asked) {
  return encoded(std::to_string(asked.number) + std::string(asked.bytes, '.'));
}

Answer answer_of(const wire::Reply& reply) {
  Answer answer{.id = reply.id(), .outcome = reply.outcome()};
  switch (reply.result_case()) {
    case wire::Reply::kValue:
      answer.number = number_of(reply.value());
      break;
    case wire::Reply::kGrant:
      answer.fencing = reply.grant().fencing();
      answer.abandoned = reply.grant().abandoned();
      break;
    case wire::Reply::kDelivery:
      answer.number = number_of(reply.delivery().value());
      answer.delivery = reply.delivery().number();
      answer.count = reply.delivery().count();
      break;
    case wire::Reply::kOpened:
      answer.opened = reply.opened().object();
      break;
    default:
      break;
  }
  return answer;
}

}  // namespace syncmanager::manager::simulation

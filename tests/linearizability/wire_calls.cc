#include "tests/linearizability/wire_calls.h"

#include <syncmanager/encoded_value.h>

#include <string>
#include <string_view>
#include <vector>

#include "manager/core/check.h"
#include "tests/support/options.h"
#include "tests/support/values.h"

namespace syncmanager::linearizability {
namespace {

void write_value_call(const Operation& operation, wire::ValueOp& op) {
  switch (operation.verb) {
    case Verb::kGet:
      op.mutable_get();
      return;
    case Verb::kSet:
      return op.mutable_set()->set_value(encoded(operation.first));
    case Verb::kAdd:
      return op.mutable_add()->set_amount(encoded(operation.first));
    case Verb::kCompareAndSet:
      op.mutable_compare_and_set()->set_expected(encoded(operation.first));
      return op.mutable_compare_and_set()->set_desired(encoded(operation.second));
    default:
      CHECK(false);
  }
}

void write_attribute_call(const Operation& operation, wire::NamespaceOp& op) {
  const std::string name = "a" + std::to_string(operation.object.key);
  switch (operation.verb) {
    case Verb::kGet:
      return op.mutable_get()->set_name(name);
    case Verb::kSet:
      op.mutable_set()->set_name(name);
      return op.mutable_set()->set_value(encoded(operation.first));
    case Verb::kAdd:
      op.mutable_add()->set_name(name);
      op.mutable_add()->set_amount(encoded(operation.first));
      return op.mutable_add()->set_initial(encoded(0));
    case Verb::kCompareAndSet:
      op.mutable_compare_and_set()->set_name(name);
      op.mutable_compare_and_set()->set_expected(encoded(operation.first));
      return op.mutable_compare_and_set()->set_desired(encoded(operation.second));
    default:
      CHECK(false);
  }
}

void write_entry_call(const Operation& operation, wire::DictOp& op) {
  const std::string key = encoded(operation.object.key);
  switch (operation.verb) {
    case Verb::kGet:
      return op.mutable_get()->set_key(key);
    case Verb::kSet:
      op.mutable_set()->set_key(key);
      return op.mutable_set()->set_value(encoded(operation.first));
    case Verb::kAdd:
      op.mutable_add()->set_key(key);
      op.mutable_add()->set_amount(encoded(operation.first));
      return op.mutable_add()->set_initial(encoded(0));
    case Verb::kPop:
      return op.mutable_pop()->set_key(key);
    case Verb::kSetDefault:
      op.mutable_set_default()->set_key(key);
      return op.mutable_set_default()->set_value(encoded(operation.first));
    default:
      CHECK(false);
  }
}

void write_semaphore_call(Verb verb, wire::SemaphoreOp& op) {
  if (verb == Verb::kAcquire) return op.mutable_acquire()->set_permits(1);
  if (verb == Verb::kRelease) return op.mutable_release()->set_permits(1);
  op.mutable_value();
}

void write_event_call(Verb verb, wire::EventOp& op) {
  if (verb == Verb::kSet) op.mutable_set();
  if (verb == Verb::kClear) op.mutable_clear();
  if (verb == Verb::kIsSet) op.mutable_is_set();
  if (verb == Verb::kWait) op.mutable_wait();
}

void write_list_call(const Operation& operation, wire::ListOp& op) {
  if (operation.verb == Verb::kAppend) op.mutable_append()->set_value(encoded(operation.first));
  if (operation.verb == Verb::kPop) op.mutable_pop();
  if (operation.verb == Verb::kLength) op.mutable_length();
}

void write_condition_call(const Operation& operation, wire::ConditionOp& op) {
  switch (operation.verb) {
    case Verb::kAcquire:
      op.mutable_acquire();
      return;
    case Verb::kRelease:
      op.mutable_release();
      return;
    case Verb::kWait:
      op.mutable_wait();
      return;
    case Verb::kNotify:
      return op.mutable_notify()->set_count(static_cast<uint64_t>(operation.first));
    case Verb::kNotifyAll:
      op.mutable_notify_all();
      return;
    default:
      CHECK(false);
  }
}

void write_barrier_call(Verb verb, wire::BarrierOp& op) {
  if (verb == Verb::kWait) op.mutable_wait();
  if (verb == Verb::kAbort) op.mutable_abort();
  if (verb == Verb::kReset) op.mutable_reset();
  if (verb == Verb::kLength || verb == Verb::kIsSet) op.mutable_inspect();
}

void write_dict_call(const Operation& operation, wire::DictOp& op) {
  const std::string key = encoded(operation.first);
  switch (operation.verb) {
    case Verb::kGet:
      return op.mutable_get()->set_key(key);
    case Verb::kSet:
      op.mutable_set()->set_key(key);
      return op.mutable_set()->set_value(encoded(operation.second));
    case Verb::kPop:
      return op.mutable_pop()->set_key(key);
    case Verb::kPopItem:
      op.mutable_pop_item();
      return;
    case Verb::kLength:
      op.mutable_length();
      return;
    case Verb::kItems:
      return op.mutable_read_page()->set_kind(wire::ITEMS);
    case Verb::kKeys:
      return op.mutable_read_page()->set_kind(wire::KEYS);
    case Verb::kClear:
      op.mutable_clear();
      return;
    default:
      CHECK(false);
  }
}

void write_rwlock_call(Verb verb, wire::RWLockOp& op) {
  if (verb == Verb::kAcquire) op.mutable_acquire_write();
  if (verb == Verb::kAcquireRead) op.mutable_acquire_read();
  if (verb == Verb::kRelease) op.mutable_release();
  if (verb == Verb::kLength) op.mutable_locked();
}

void write_latch_call(const Operation& operation, wire::LatchOp& op) {
  if (operation.verb == Verb::kCountDown) op.mutable_count_down()->set_count(operation.first);
  if (operation.verb == Verb::kWait) op.mutable_wait();
  if (operation.verb == Verb::kLength) op.mutable_count();
}

// A number, or as one number those of a tuple.
int64_t number_of(std::string_view value) {
  ValueReader reader(value);
  const std::optional<ValueHead> head = reader.head();
  if (!head) return 0;
  if (head->elements() == 0) return head->integer;
  std::vector<int64_t> numbers;
  for (uint64_t i = 0; i < head->elements(); ++i) numbers.push_back(reader.head()->integer);
  return as_one(numbers);
}

int64_t number_of(const wire::Page& page) {
  std::vector<int64_t> numbers;
  for (const std::string& value : page.values()) numbers.push_back(number_of(value));
  return as_one(numbers);
}

int64_t result_of(const Operation& operation, const wire::Reply& reply) {
  if (reply.has_page()) return number_of(reply.page());
  if (reply.has_grant()) return reply.grant().timed_out() ? 1 : 0;
  if (!reply.has_barrier()) return number_of(reply.value());
  if (operation.verb == Verb::kIsSet) return reply.barrier().broken() ? 1 : 0;
  return static_cast<int64_t>(reply.barrier().waiting());
}

}  // namespace

wire::RegistryOp::Open options_of(const SharedObject& object) {
  manager::OpenOptions options;
  switch (object.kind) {
    case ObjectKind::kValue:
      options.mutable_value()->set_initial(encoded(0));
      break;
    case ObjectKind::kAttribute:
      return manager::a_namespace();
    case ObjectKind::kEntry:
    case ObjectKind::kDict:
      options.mutable_dict();
      break;
    case ObjectKind::kQueue:
      return manager::a_queue(object.bound);
    case ObjectKind::kLock:
      return manager::a_lock();
    case ObjectKind::kSemaphore:
      return manager::a_bounded_semaphore(object.bound);
    case ObjectKind::kEvent:
      return manager::an_event();
    case ObjectKind::kList:
      options.mutable_list();
      break;
    case ObjectKind::kRLock:
      return manager::an_rlock();
    case ObjectKind::kCondition:
      return manager::a_condition();
    case ObjectKind::kBarrier:
      return manager::a_barrier(object.bound);
    case ObjectKind::kFreeSemaphore:
      return manager::a_semaphore(object.bound);
    case ObjectKind::kRWLock:
      return manager::an_rwlock();
    case ObjectKind::kLatch:
      return manager::a_latch(object.bound);
  }
  return options;
}

void write_call(const Operation& operation, wire::Request& request) {
  switch (operation.object.kind) {
    case ObjectKind::kValue:
      return write_value_call(operation, *request.mutable_value());
    case ObjectKind::kAttribute:
      return write_attribute_call(operation, *request.mutable_namespace_());
    case ObjectKind::kEntry:
      return write_entry_call(operation, *request.mutable_dict());
    case ObjectKind::kQueue:
      if (operation.verb == Verb::kPut) {
        return request.mutable_queue()->mutable_put()->set_item(encoded(operation.first));
      }
      request.mutable_queue()->mutable_get();
      return;
    case ObjectKind::kLock:
    case ObjectKind::kRLock:
      if (operation.verb == Verb::kAcquire) request.mutable_lock()->mutable_acquire();
      if (operation.verb == Verb::kRelease) request.mutable_lock()->mutable_release();
      return;
    case ObjectKind::kSemaphore:
    case ObjectKind::kFreeSemaphore:
      return write_semaphore_call(operation.verb, *request.mutable_semaphore());
    case ObjectKind::kEvent:
      return write_event_call(operation.verb, *request.mutable_event());
    case ObjectKind::kList:
      return write_list_call(operation, *request.mutable_list());
    case ObjectKind::kCondition:
      return write_condition_call(operation, *request.mutable_condition());
    case ObjectKind::kBarrier:
      return write_barrier_call(operation.verb, *request.mutable_barrier());
    case ObjectKind::kDict:
      return write_dict_call(operation, *request.mutable_dict());
    case ObjectKind::kRWLock:
      return write_rwlock_call(operation.verb, *request.mutable_rwlock());
    case ObjectKind::kLatch:
      return write_latch_call(operation, *request.mutable_latch());
  }
}

Answer answer_of(const Operation& operation, const wire::Reply& reply) {
  switch (reply.outcome()) {
    case wire::OK:
      return {Outcome::kDone, result_of(operation, reply)};
    case wire::TIMED_OUT:
      return {Outcome::kTimedOut, 0};
    case wire::CANCELLED:
      return {Outcome::kCancelled, 0};
    case wire::NO_SUCH_KEY:
    case wire::NO_SUCH_ATTRIBUTE:
    case wire::INDEX_OUT_OF_RANGE:
      return {Outcome::kMissing, 0};
    case wire::REFUSED:
    case wire::BAD_VALUE:
    case wire::BROKEN_BARRIER:
      return {Outcome::kRefused, 0};
    default:
      return {Outcome::kRefused, reply.outcome()};
  }
}

}  // namespace syncmanager::linearizability

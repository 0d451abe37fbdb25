#include "tests/linearizability/wire_calls.h"

#include <syncmanager/encoded_value.h>

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

}  // namespace

wire::RegistryOp::Open options_of(const SharedObject& object) {
  OpenOptions options;
  switch (object.kind) {
    case ObjectKind::kValue:
      options.mutable_value()->set_initial(encoded(0));
      break;
    case ObjectKind::kAttribute:
      return a_namespace();
    case ObjectKind::kEntry:
      options.mutable_dict();
      break;
    case ObjectKind::kQueue:
      return a_queue(object.bound);
    case ObjectKind::kLock:
      return a_lock();
    case ObjectKind::kSemaphore:
      return a_bounded_semaphore(object.bound);
    case ObjectKind::kEvent:
      return an_event();
    case ObjectKind::kList:
      options.mutable_list();
      break;
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
      if (operation.verb == Verb::kAcquire) request.mutable_lock()->mutable_acquire();
      if (operation.verb == Verb::kRelease) request.mutable_lock()->mutable_release();
      return;
    case ObjectKind::kSemaphore:
      return write_semaphore_call(operation.verb, *request.mutable_semaphore());
    case ObjectKind::kEvent:
      return write_event_call(operation.verb, *request.mutable_event());
    case ObjectKind::kList:
      return write_list_call(operation, *request.mutable_list());
  }
}

Answer answer_of(const wire::Reply& reply) {
  switch (reply.outcome()) {
    case wire::OK: {
      const std::optional<ValueHead> head = ValueReader(reply.value()).head();
      return {Outcome::kDone, head ? head->integer : 0};
    }
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
      return {Outcome::kRefused, 0};
    default:
      return {Outcome::kRefused, reply.outcome()};
  }
}

}  // namespace syncmanager::linearizability

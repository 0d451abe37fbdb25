#include "manager/core/permissions.h"

#include "protos/support/str_cat.h"

namespace syncmanager {
namespace {

// What a request does, as far as roles are concerned.
enum class Access { kRead, kOpen, kPut, kTake, kWrite };

Access access_of(const wire::RegistryOp& op) {
  switch (op.method_case()) {
    case wire::RegistryOp::kOpen:
      return op.open().must_exist() ? Access::kRead : Access::kOpen;
    case wire::RegistryOp::kDelete:
      return Access::kWrite;
    default:
      return Access::kRead;
  }
}

Access access_of(const wire::QueueOp& op) {
  switch (op.method_case()) {
    case wire::QueueOp::kPut:
      return Access::kPut;
    case wire::QueueOp::kGet:
    case wire::QueueOp::kTaskDone:
    case wire::QueueOp::kAck:
    case wire::QueueOp::kNack:
    case wire::QueueOp::kPutBack:
    case wire::QueueOp::kWaiting:
      return Access::kTake;
    case wire::QueueOp::kShutDown:
      return Access::kWrite;
    default:
      return Access::kRead;
  }
}

Access access_of(const wire::PoolOp& op) {
  switch (op.method_case()) {
    case wire::PoolOp::kSubmit:
    case wire::PoolOp::kCollect:
    case wire::PoolOp::kCancel:
      return Access::kPut;
    case wire::PoolOp::kTake:
    case wire::PoolOp::kFinish:
    case wire::PoolOp::kProgress:
    case wire::PoolOp::kGiveBack:
    case wire::PoolOp::kLeave:
      return Access::kTake;
    case wire::PoolOp::kBegun:
    case wire::PoolOp::kState:
      return Access::kRead;
    default:
      return Access::kWrite;
  }
}

// Whether a request of one of the other types changes nothing.
bool only_reads(const wire::Request& request) {
  switch (request.op_case()) {
    case wire::Request::kDict:
      return request.dict().has_get() || request.dict().has_contains() ||
             request.dict().has_length() || request.dict().has_read_page();
    case wire::Request::kList:
      return request.list().has_get() || request.list().has_index() || request.list().has_count() ||
             request.list().has_contains() || request.list().has_length() ||
             request.list().has_read_slice();
    case wire::Request::kSet:
      return request.set().has_contains() || request.set().has_length() ||
             request.set().has_read_page();
    case wire::Request::kNamespace:
      return request.namespace_().has_get() || request.namespace_().has_contains() ||
             request.namespace_().has_read_page();
    case wire::Request::kValue:
      return request.value().has_get();
    case wire::Request::kArray:
      return request.array().has_get() || request.array().has_length() ||
             request.array().has_read_slice() || request.array().has_typecode();
    case wire::Request::kLock:
      return request.lock().has_locked();
    case wire::Request::kSemaphore:
      return request.semaphore().has_value();
    case wire::Request::kCondition:
      return request.condition().has_locked();
    case wire::Request::kEvent:
      return request.event().has_is_set();
    case wire::Request::kBarrier:
      return request.barrier().has_inspect();
    case wire::Request::kRwlock:
      return request.rwlock().has_locked();
    case wire::Request::kLatch:
      return request.latch().has_count();
    case wire::Request::kCounter:
      return request.counter().has_get();
    default:
      return false;
  }
}

Access access_of(const wire::Request& request) {
  if (request.has_registry()) return access_of(request.registry());
  if (request.has_queue()) return access_of(request.queue());
  if (request.has_pool()) return access_of(request.pool());
  return only_reads(request) ? Access::kRead : Access::kWrite;
}

}  // namespace

bool may_perform(Role role, const wire::Request& request) {
  if (role == Role::kAdmin || role == Role::kReadWrite) return true;
  const Access access = access_of(request);
  switch (role) {
    case Role::kReadOnly:
      return access == Access::kRead;
    case Role::kProduce:
      return access == Access::kRead || access == Access::kOpen || access == Access::kPut;
    case Role::kConsume:
      return access == Access::kRead || access == Access::kOpen || access == Access::kTake;
    case Role::kReadWrite:
    case Role::kAdmin:
      break;
  }
  return false;
}

std::string denial(Role role) {
  switch (role) {
    case Role::kReadOnly:
      return "this key is read-only";
    case Role::kProduce:
      return "this key is for putting into queues and pools only";
    case Role::kConsume:
      return "this key is for taking from queues and pools only";
    case Role::kReadWrite:
    case Role::kAdmin:
      break;
  }
  return "this key has an unknown role";
}

}  // namespace syncmanager

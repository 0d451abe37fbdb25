#include "client/cpp/src/session/undo.h"

#include <syncmanager/encoded_value.h>

#include <optional>
#include <string_view>

#include "client/cpp/src/session/ask.h"

namespace syncmanager {
namespace {

using Requests = std::vector<EncodedMessage>;

// One undoing: `asked` is the request, `back` gets what undoes it, and has its object and caller.
// Each of these returns false if there is nothing to undo.

bool undo_queue(const AsyncCall& call, wire::QueueOp& back) {
  if (call.answer.delivery() == 0) {
    back.mutable_put_back()->set_item(std::string(call.answer.result()));
  } else {
    back.mutable_nack()->set_delivery(call.answer.delivery());
    back.mutable_nack()->set_unseen(true);
  }
  return true;
}

void release_grant(const Grant& grant, wire::LockOp::Release& release) {
  release.set_fencing(grant.fencing);
  release.set_abandoned(grant.abandoned);
}

// The entry goes back if nobody has set that key meanwhile.
bool undo_dict(const AsyncCall& call, const wire::DictOp& asked, wire::DictOp& back) {
  wire::DictOp::CompareAndSet& set = *back.mutable_compare_and_set();
  if (asked.has_pop()) {
    set.set_key(asked.pop().key());
    set.set_desired(std::string(call.answer.result()));
    return true;
  }
  ValueReader entry(call.answer.result());
  if (!entry.begin(Kind::kTuple)) return false;
  const std::optional<std::string_view> key = entry.encoded(), value = entry.encoded();
  if (!key || !value) return false;
  set.set_key(key->data(), key->size());
  set.set_desired(value->data(), value->size());
  return true;
}

// To the place it had: before what followed it, counted from the same end.
bool undo_list(const AsyncCall& call, const wire::ListOp& asked, wire::ListOp& back) {
  const int64_t index = asked.pop().has_index() ? asked.pop().index() : -1;
  if (index == -1) {
    back.mutable_append()->set_value(std::string(call.answer.result()));
  } else {
    back.mutable_insert()->set_index(index < 0 ? index + 1 : index);
    back.mutable_insert()->set_value(std::string(call.answer.result()));
  }
  return true;
}

bool undo_pool(const AsyncCall& call, wire::PoolOp& back) {
  const auto taken = result_of<wire::TaskList>(call.answer);
  for (const wire::TaskList::Taken& task : taken.tasks()) {
    back.mutable_give_back()->add_tasks(task.task());
  }
  return back.has_give_back();
}

bool undo_one(const AsyncCall& call, const wire::Request& asked, wire::Request& back) {
  switch (asked.op_case()) {
    case wire::Request::kQueue:
      return undo_queue(call, *back.mutable_queue());
    case wire::Request::kDict:
      return undo_dict(call, asked.dict(), *back.mutable_dict());
    case wire::Request::kList:
      return undo_list(call, asked.list(), *back.mutable_list());
    case wire::Request::kSet:
      back.mutable_set()->mutable_insert()->set_value(std::string(call.answer.result()));
      return true;
    case wire::Request::kPool:
      return undo_pool(call, *back.mutable_pool());
    case wire::Request::kLock:
      release_grant(call.answer.grant(), *back.mutable_lock()->mutable_release());
      return true;
    case wire::Request::kCondition:
      back.mutable_condition()->mutable_release();
      return true;
    case wire::Request::kRwlock:
      back.mutable_rwlock()->mutable_release();
      return true;
    case wire::Request::kSemaphore:
      back.mutable_semaphore()->mutable_release()->set_permits(
          asked.semaphore().acquire().permits());
      return true;
    default:
      return false;
  }
}

// A notify is passed on while the lock is held, as a notify must be.
Requests undo_wait(const AsyncCall& call, wire::Request& back) {
  Requests requests;
  const Grant grant = call.answer.grant();
  if (call.answer.outcome() == wire::OK && !grant.timed_out) {
    back.mutable_condition()->mutable_notify()->set_count(1);
    requests.push_back(encode_moving(back));
  }
  if (call.dropped && grant.fencing != 0) {
    back.mutable_condition()->mutable_release();
    requests.push_back(encode_moving(back));
  }
  return requests;
}

wire::Request asked_of(const AsyncCall& call) {
  wire::Request asked;
  asked.ParseFromString(call.asked);
  return asked;
}

bool brings_something(const wire::Request& request) {
  switch (request.op_case()) {
    case wire::Request::kQueue:
      return request.queue().has_get();
    case wire::Request::kDict:
      return request.dict().has_pop() || request.dict().has_pop_item();
    case wire::Request::kList:
      return request.list().has_pop();
    case wire::Request::kSet:
      return request.set().has_pop();
    case wire::Request::kPool:
      return request.pool().has_take();
    case wire::Request::kLock:
      return request.lock().has_acquire();
    case wire::Request::kRwlock:
      return request.rwlock().has_acquire_read() || request.rwlock().has_acquire_write();
    case wire::Request::kSemaphore:
      return request.semaphore().has_acquire();
    case wire::Request::kCondition:
      return request.condition().has_acquire() || request.condition().has_wait();
    default:
      return false;
  }
}

}  // namespace

std::string undoable(const wire::Request& request) {
  return brings_something(request) ? request.SerializeAsString() : "";
}

bool holds_its_lock(const AsyncCall& call) { return asked_of(call).condition().has_wait(); }

std::vector<EncodedMessage> undo(const AsyncCall& call) {
  if (call.asked.empty() || call.answer.loss() != Loss::kNone) return {};
  const wire::Request asked = asked_of(call);
  wire::Request back;
  back.set_object(call.object);
  back.set_caller(asked.caller());
  if (asked.condition().has_wait()) return undo_wait(call, back);
  if (call.answer.outcome() != wire::OK || !undo_one(call, asked, back)) return {};
  Requests requests;
  requests.push_back(encode_moving(back));
  return requests;
}

}  // namespace syncmanager

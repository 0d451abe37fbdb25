#include "client/cpp/src/session/pending_calls.h"

#include "client/cpp/src/session/ask.h"
#include "client/cpp/src/session/references.h"
#include "protos/fields.h"
#include "protos/request.pb.h"

namespace syncmanager {
namespace {

// A wire::Reply as views into the frame.
struct ReplyView {
  uint64_t id = 0;
  int outcome = wire::OK;
  std::string_view message;
  uint32_t kind = 0;
  std::string_view result;
  uint64_t delivery = 0;
  uint64_t deliveries = 0;
};

// Turns a delivery into the value in it.
bool unwrap_delivery(ReplyView& reply) {
  FieldReader fields(std::exchange(reply.result, {}));
  reply.kind = wire::Reply::kValueFieldNumber;
  Field field;
  while (fields.next(field)) {
    if (field.number == wire::Delivery::kValueFieldNumber) reply.result = field.bytes;
    if (field.number == wire::Delivery::kNumberFieldNumber) reply.delivery = field.integer;
    if (field.number == wire::Delivery::kCountFieldNumber) reply.deliveries = field.integer;
  }
  return !fields.malformed();
}

bool parse(std::string_view encoded, ReplyView& reply) {
  FieldReader fields(encoded);
  Field field;
  while (fields.next(field)) {
    switch (field.number) {
      case wire::Reply::kIdFieldNumber:
        reply.id = field.integer;
        break;
      case wire::Reply::kOutcomeFieldNumber:
        reply.outcome = static_cast<int>(field.integer);
        break;
      case wire::Reply::kMessageFieldNumber:
        reply.message = field.bytes;
        break;
      default:
        reply.kind = field.number;
        reply.result = field.bytes;
    }
  }
  if (fields.malformed() || reply.id == 0) return false;
  return reply.kind != wire::Reply::kDeliveryFieldNumber || unwrap_delivery(reply);
}

// Calls `use` with each encoded value in a result.
template <class Use>
void for_each_value(const Answer& answer, Use use) {
  switch (answer.kind()) {
    case wire::Reply::kValueFieldNumber:
      return use(answer.result());
    case wire::Reply::kPageFieldNumber: {
      const Page page = answer.page();
      for (const std::string_view value : page.values) use(value);
      return;
    }
    case wire::Reply::kTasksFieldNumber: {
      const auto list = result_of<wire::TaskList>(answer);
      for (const wire::TaskList::Taken& task : list.tasks()) use(task.arguments());
      return;
    }
    case wire::Reply::kResultsFieldNumber: {
      const auto list = result_of<wire::TaskResults>(answer);
      for (const wire::TaskResults::Result& result : list.results()) use(result.value());
      return;
    }
    default:
      return;
  }
}

}  // namespace

PendingCalls::~PendingCalls() {
  // No thread waits any more, so the calls that are left were dropped.
  for (const auto& [id, call] : calls_) delete static_cast<AsyncCall*>(call);
  for (PendingCall* call : unnumbered_) delete static_cast<AsyncCall*>(call);
}

void PendingCalls::add(PendingCall& call) {
  count(call);
  give_id(call);
}

void PendingCalls::expect(PendingCall& call) {
  count(call);
  unnumbered_.insert(&call);
}

uint64_t PendingCalls::number(PendingCall& call) {
  unnumbered_.erase(&call);
  give_id(call);
  return call.id;
}

void PendingCalls::count(const PendingCall& call) {
  if (!call.asynchronous) return;
  ++asynchronous_;
  if (static_cast<const AsyncCall&>(call).on_answered) ++listeners_;
}

void PendingCalls::give_id(PendingCall& call) {
  call.id = next_id();
  calls_.emplace(call.id, &call);
}

void PendingCalls::allow_drop(PendingCall& call) {
  if (!std::exchange(call.asynchronous, true)) ++asynchronous_;
}

uint64_t PendingCalls::answer(std::string_view encoded, std::string* whole, Aftermath& aftermath) {
  ReplyView reply;
  if (!parse(encoded, reply)) return 0;
  const auto found = calls_.find(reply.id);
  if (found == calls_.end()) return reply.id;
  PendingCall& call = *found->second;
  calls_.erase(found);
  call.answer.outcome_ = reply.outcome;
  call.answer.message_.assign(reply.message);
  call.answer.kind_ = reply.kind;
  if (whole == nullptr) {
    call.answer.memory_.assign(reply.result);
  } else {
    call.answer.result_begin_ = static_cast<size_t>(reply.result.data() - whole->data());
    call.answer.memory_ = std::move(*whole);
    call.answer.memory_.resize(call.answer.result_begin_ + reply.result.size());
  }
  call.answer.unread_ = reply.kind != 0;
  call.answer.delivery_ = reply.delivery;
  call.answer.deliveries_ = reply.deliveries;
  finish(call, aftermath);
  return reply.id;
}

void PendingCalls::lose_all(Loss loss, const std::string& why, Aftermath& aftermath) {
  const auto end = [&](PendingCall& call) {
    call.answer.loss_ = loss;
    call.answer.message_ = why;
    finish(call, aftermath);
  };
  for (const auto& [id, call] : std::exchange(calls_, {})) end(*call);
  for (PendingCall* call : std::exchange(unnumbered_, {})) end(*call);
}

void PendingCalls::withdraw(PendingCall& call, Aftermath& aftermath) {
  unnumbered_.erase(&call);
  call.answer.outcome_ = wire::CANCELLED;
  call.answer.message_ = "cancelled before it was sent";
  finish(call, aftermath);
}

void PendingCalls::refuse(PendingCall& call, const std::string& why) {
  call.answer.outcome_ = wire::INVALID_ARGUMENT;
  call.answer.message_ = why;
  call.answered.store(true, std::memory_order_release);
}

void PendingCalls::lose(PendingCall& call, Loss loss, const std::string& why) {
  call.answer.loss_ = loss;
  call.answer.message_ = why;
  call.answered.store(true, std::memory_order_release);
}

std::vector<uint64_t> PendingCalls::unread_references(const AsyncCall& call) {
  const Answer& answer = call.answer;
  if (answer.loss_ != Loss::kNone || answer.outcome_ != wire::OK || !answer.unread_) return {};
  std::vector<uint64_t> references;
  if (answer.kind_ == wire::Reply::kOpenedFieldNumber) {
    references.push_back(result_of<wire::Opened>(answer).object());
  }
  for_each_value(answer, [&](std::string_view value) { collect_references(value, references); });
  return references;
}

void PendingCalls::finish(PendingCall& call, Aftermath& aftermath) {
  if (call.asynchronous) {
    --asynchronous_;
    auto& future = static_cast<AsyncCall&>(call);
    if (future.dropped) aftermath.dropped.push_back(&future);
    if (future.on_answered) {
      --listeners_;
      aftermath.listeners.push_back(std::move(future.on_answered));
    }
  }
  if (call.follower != nullptr) {
    call.follower->served = true;
    aftermath.followers.push_back(call.follower);
  }
  // From here on the call is its waiter's, who may end it at once.
  call.answered.store(true, std::memory_order_release);
}

}  // namespace syncmanager

#pragma once

#include <syncmanager/answer.h>
#include <syncmanager/future.h>
#include <syncmanager/timeout.h>

#include <cstdint>
#include <memory>

#include "client/cpp/src/session/request_draft.h"
#include "client/cpp/src/session/session.h"
#include "client/cpp/src/session/undo.h"

namespace syncmanager {

// A number for a caller that no other caller of this program has.
uint64_t new_caller();
// This thread's number as a caller; the manager knows the owner of an RLock by it.
uint64_t this_caller();

// Fills in the fields that all requests have.
void address(wire::Request& request, const Reference& reference, Timeout timeout);

// The reference that stands for the registry in calls of a session.
ReferencePtr registry_of(const std::shared_ptr<Session>& session);

// Parses the answer's result as `Message`.
template <class Message>
Message result_of(const Answer& answer) {
  Message message;
  message.ParseFromArray(answer.result().data(), static_cast<int>(answer.result().size()));
  return message;
}

// One call of an object: `fill` writes the operation into the request. Waits for the answer.
template <class Fill>
Answer ask(const ReferencePtr& reference, const char* operation, Timeout timeout, Fill fill) {
  RequestDraft& draft = RequestDraft::fresh();
  address(draft.request(), *reference, timeout);
  fill(draft.request());
  PendingCall call(Answer(reference, operation));
  reference->session().send(std::move(draft.encode()), call);
  reference->session().wait(call);
  return std::move(call.answer);
}

// The same, without waiting. `dropped` says whether the result of an answer that is dropped goes
// back.
template <class Fill>
PendingAnswer start(const ReferencePtr& reference, const char* operation, Timeout timeout,
                    Fill fill, Dropped dropped = Dropped::kStays) {
  RequestDraft& draft = RequestDraft::fresh();
  address(draft.request(), *reference, timeout);
  fill(draft.request());
  auto call = std::make_unique<AsyncCall>(Answer(reference, operation));
  if (dropped == Dropped::kGoesBack) call->asked = undoable(draft.request());
  reference->session().send(std::move(draft.encode()), *call);
  return PendingAnswer(call.release());
}

// Finds or makes an object: `fill` sets the type's options in a wire::RegistryOp::Open. Throws
// WrongType if the name is of another type or has other options.
template <class Fill>
ReferencePtr open_object(const ReferencePtr& registry, std::string_view name, const char* type,
                         Fill fill);
ReferencePtr opened(const ReferencePtr& registry, std::string_view name, const Answer& answer);

template <class Fill>
ReferencePtr open_object(const ReferencePtr& registry, std::string_view name, const char* type,
                         Fill fill) {
  // So that a failure names the object that was asked for, which has no id yet.
  const auto wanted = std::make_shared<const Reference>(registry->shared_session(), 0, type, name);
  const Answer answer = ask(wanted, "open", Timeout::never(), [&](wire::Request& request) {
    wire::RegistryOp::Open& open = *request.mutable_registry()->mutable_open();
    open.set_name(name.data(), name.size());
    fill(open);
  });
  return opened(registry, name, answer);
}

}  // namespace syncmanager

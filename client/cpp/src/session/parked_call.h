#pragma once

#include "client/cpp/src/session/ask.h"

namespace syncmanager {

// A call that may wait in the manager for long, on the stack of a thread that does something else
// before it waits for it. One that nobody took is cancelled, and waited for.
class ParkedCall {
 public:
  template <class Fill>
  ParkedCall(const ReferencePtr& reference, const char* operation, Fill fill)
      : reference_(reference), call_(Answer(reference, operation)) {
    RequestDraft& draft = RequestDraft::fresh();
    address(draft.request(), *reference, Timeout::never());
    fill(draft.request());
    reference_->session().send(std::move(draft.encode()), call_);
  }
  ~ParkedCall() {
    cancel();
    reference_->session().wait(call_);
  }
  ParkedCall(const ParkedCall&) = delete;
  ParkedCall& operator=(const ParkedCall&) = delete;

  // By any thread; if it is answered already, nothing.
  void cancel() { reference_->session().cancel(call_); }
  // Waits.
  Answer take() {
    reference_->session().wait(call_);
    return std::move(call_.answer);
  }

 private:
  const ReferencePtr reference_;
  PendingCall call_;
};

}  // namespace syncmanager

#include "syncmanager/future.h"

#include "client/cpp/src/session/session.h"

namespace syncmanager {

PendingAnswer& PendingAnswer::operator=(PendingAnswer&& other) noexcept {
  std::swap(call_, other.call_);
  return *this;
}

PendingAnswer::~PendingAnswer() {
  if (call_ != nullptr) call_->answer.reference()->session().drop(call_);
}

bool PendingAnswer::ready() const { return call_->answer.reference()->session().poll(*call_); }

void PendingAnswer::wait() const { call_->answer.reference()->session().wait(*call_); }

bool PendingAnswer::cancel() {
  call_->answer.reference()->session().cancel(*call_);
  wait();
  return call_->answer.cancelled();
}

Answer PendingAnswer::take() {
  wait();
  const std::unique_ptr<AsyncCall> call(std::exchange(call_, nullptr));
  return std::move(call->answer);
}

}  // namespace syncmanager

#include "syncmanager/task_future.h"

#include <utility>

#include "client/cpp/src/pool/task_inbox.h"
#include "protos/request.pb.h"

namespace syncmanager {

TaskTicket::TaskTicket(std::shared_ptr<TaskInbox> inbox, uint64_t number,
                       std::optional<PendingAnswer> submission)
    : inbox_(std::move(inbox)), number_(number), submission_(std::move(submission)) {}

TaskTicket& TaskTicket::operator=(TaskTicket&& other) noexcept {
  std::swap(inbox_, other.inbox_);
  std::swap(number_, other.number_);
  std::swap(submission_, other.submission_);
  std::swap(refusal_, other.refusal_);
  return *this;
}

TaskTicket::~TaskTicket() { forget(); }

void TaskTicket::forget() {
  if (inbox_ != nullptr) std::exchange(inbox_, nullptr)->forget(number_);
}

bool TaskTicket::submitted() {
  if (submission_) {
    Answer answer = submission_->take();
    submission_.reset();
    if (answer.loss() != Loss::kNone || answer.outcome() != wire::OK) refusal_ = std::move(answer);
  }
  return !refusal_;
}

bool TaskTicket::wait(Timeout timeout) { return !submitted() || inbox_->wait(number_, timeout); }

bool TaskTicket::cancel() { return submitted() && inbox_->cancel(number_); }

Answer TaskTicket::take() {
  TaskTicket ending(std::move(*this));
  ending.wait(Timeout::never());
  if (ending.refusal_) ending.refusal_->require();
  return ending.inbox_->take(ending.number_);
}

std::optional<Answer> TaskTicket::progress() {
  wait(Timeout::now());
  return refusal_ ? std::nullopt : inbox_->progress(number_);
}

}  // namespace syncmanager

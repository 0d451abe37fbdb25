#include "client/cpp/src/pool/done_tasks.h"

#include <syncmanager/error.h>

#include <span>
#include <utility>

#include "client/cpp/src/session/ask.h"

namespace syncmanager {
namespace {

auto finish_of(std::span<const DoneTask> tasks) {
  return [tasks](wire::Request& request) {
    wire::PoolOp::Finish& finish = *request.mutable_pool()->mutable_finish();
    for (const DoneTask& task : tasks) {
      wire::PoolOp::Finish::Finished& finished = *finish.add_finished();
      finished.set_task(task.number);
      finished.set_raised(task.raised);
      finished.set_value(task.value);
    }
  };
}

void tell_alone(const ReferencePtr& pool, const DoneTask& task) {
  ask(pool, "finish", Timeout::never(), finish_of({&task, 1})).existed();
}

}  // namespace

void DoneTasks::tell() {
  if (untold_.empty()) return;
  wait_until_told();
  told_ = std::exchange(untold_, {});
  try {
    answer_ = start(pool_, "finish", Timeout::never(), finish_of(told_));
  } catch (const InvalidArgument&) {  // More than one message can take.
    tell_singly();
  }
}

void DoneTasks::wait_until_told() {
  if (!answer_) return;
  const Answer answer = answer_->take();
  answer_.reset();
  try {
    answer.existed();
  } catch (const Disconnected&) {
    throw;
  } catch (const Error&) {  // Of all of them, for one.
    tell_singly();
  }
}

void DoneTasks::tell_singly() {
  for (const DoneTask& task : std::exchange(told_, {})) {
    try {
      tell_alone(pool_, task);
    } catch (const Disconnected&) {
      throw;
    } catch (const Error& refused) {
      tell_alone(pool_, raised(task.number, refused));
    }
  }
}

}  // namespace syncmanager

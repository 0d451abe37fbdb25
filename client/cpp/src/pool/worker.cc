#include "syncmanager/worker.h"

#include <syncmanager/error.h>

#include <utility>
#include <vector>

#include "client/cpp/src/pool/task_batch.h"
#include "client/cpp/src/session/ask.h"
#include "client/cpp/src/session/parked_call.h"

namespace syncmanager {

// While it lives stop() knows of the call that takes tasks.
class WorkerCalls::Taking {
 public:
  // Releases the lock, of the worker's mutex.
  Taking(WorkerCalls& worker, ParkedCall& call, std::unique_lock<std::mutex>& lock)
      : worker_(worker) {
    worker_.taking_ = &call;
    lock.unlock();
  }
  ~Taking() {
    const std::lock_guard<std::mutex> lock(worker_.mutex_);
    worker_.taking_ = nullptr;
  }
  Taking(const Taking&) = delete;
  Taking& operator=(const Taking&) = delete;

 private:
  WorkerCalls& worker_;
};

WorkerCalls::WorkerCalls(ReferencePtr pool)
    : pool_(std::move(pool)), caller_(new_caller()), batch_(std::make_unique<TaskBatch>(pool_)) {}

WorkerCalls::~WorkerCalls() {
  try {
    leave();
  } catch (const Error&) {
    // The session is over, and so is the worker.
  }
}

void WorkerCalls::add_encoded(std::string_view name, Call call) {
  functions_.insert_or_assign(std::string(name), std::move(call));
}

void WorkerCalls::run() {
  while (take(batch_->room())) do_taken();
  leave();
}

bool WorkerCalls::run_one() {
  const bool done = take(1) && do_taken();
  batch_->wait_until_told();
  return done;
}

void WorkerCalls::stop() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stopping_ = true;
  if (taking_ != nullptr) taking_->cancel();
}

bool WorkerCalls::stopping() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stopping_;
}

// Only with an empty hand, as the manager knows it: what was done leaves in front of this call, in
// one frame with it.
bool WorkerCalls::take(uint64_t most) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (stopping_) return false;
  ParkedCall call(pool_, "take", [&](wire::Request& request) {
    request.set_caller(caller_);
    wire::PoolOp::Take& take = *request.mutable_pool()->mutable_take();
    take.set_max(most);
    for (const auto& [name, function] : functions_) take.add_offers(name);
  });
  const Taking taking(*this, call, lock);
  batch_->wait_until_told();
  const Answer answer = call.take();
  if (answer.cancelled() || !answer.existed()) return false;
  const auto list = result_of<wire::TaskList>(answer);
  std::vector<TakenTask> tasks;
  for (const wire::TaskList::Taken& taken : list.tasks()) {
    const auto& [name, function] = *functions_.find(taken.function());
    tasks.push_back({.number = taken.task(),
                     .attempt = taken.attempt(),
                     .function = name.c_str(),
                     .call = function,
                     .arguments = Answer::of(pool_, name.c_str(), taken.arguments())});
  }
  batch_->fill(std::move(tasks));
  return true;
}

bool WorkerCalls::do_taken() {
  bool any = false;
  while (!stopping() && batch_->do_next()) any = true;
  batch_->give_back_rest();
  return any;
}

void WorkerCalls::leave() {
  batch_->give_back_rest();
  batch_->wait_until_told();
  ask(pool_, "leave", Timeout::never(), [this](wire::Request& request) {
    request.set_caller(caller_);
    request.mutable_pool()->mutable_leave();
  }).existed();
}

}  // namespace syncmanager

#include "syncmanager/worker.h"

#include <cxxabi.h>
#include <syncmanager/error.h>

#include <cstdlib>
#include <exception>
#include <map>
#include <optional>
#include <typeinfo>
#include <utility>

#include "client/cpp/src/ask.h"
#include "client/cpp/src/parked_call.h"

namespace syncmanager {

struct TaskInHand {
  uint64_t number;
  uint64_t attempt;
  const char* function;
  const std::function<void(Decoder&, ValueWriter&)>& call;
  Answer arguments;
};

namespace {

// The task that this thread is doing.
thread_local const TaskInHand* current = nullptr;

class CurrentTask {
 public:
  explicit CurrentTask(const TaskInHand& task) : outer_(std::exchange(current, &task)) {}
  ~CurrentTask() { current = outer_; }
  CurrentTask(const CurrentTask&) = delete;
  CurrentTask& operator=(const CurrentTask&) = delete;

 private:
  const TaskInHand* const outer_;
};

std::string name_of(const std::type_info* type) {
  if (type == nullptr) return "exception";
  int status = 0;
  char* const demangled = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string name = status == 0 ? demangled : type->name();
  std::free(demangled);
  return name;
}

// What a task's result is that raised.
std::string exception(const std::string& type, const std::string& message) {
  return encode(
      std::map<std::string, std::string>{{"type", type}, {"message", message}, {"traceback", ""}});
}

void call_once(const TaskInHand& task, Decoder& decoder, ValueWriter& writer) {
  if (decoder.reader().kind() == Kind::kDict) {
    decoder.reject("a dict of keywords; a function in C++ takes a tuple of arguments by position");
  }
  task.call(decoder, writer);
}

// In a chunk a call's only argument may come without a tuple.
void call_of_chunk(const TaskInHand& task, Decoder& decoder, ValueWriter& writer) {
  const std::optional<Kind> kind = decoder.reader().kind();
  if (kind == Kind::kTuple || kind == Kind::kDict) return call_once(task, decoder, writer);
  const std::optional<std::string_view> argument = decoder.reader().encoded();
  if (!argument) decoder.fail("a call");
  ValueWriter arguments;
  arguments.begin_tuple(1).encoded(*argument);
  Answer alone = Answer::of(task.arguments.reference(), task.function, arguments.view());
  alone.read([&](Decoder& only) { task.call(only, writer); });
}

// One call, or each call of a chunk.
std::string value_of(TaskInHand& task) {
  return task.arguments.read([&](Decoder& decoder) {
    ValueWriter writer;
    if (const auto calls = decoder.reader().begin(Kind::kList)) {
      writer.begin_list(*calls);
      for (uint64_t left = *calls; left > 0; --left) call_of_chunk(task, decoder, writer);
    } else {
      call_once(task, decoder, writer);
    }
    return writer.take();
  });
}

auto finish_of(uint64_t task, bool raised, std::string_view value) {
  return [=](wire::Request& request) {
    auto& finished = *request.mutable_pool()->mutable_finish()->add_finished();
    finished.set_task(task);
    finished.set_raised(raised);
    finished.set_value(value.data(), value.size());
  };
}

}  // namespace

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

WorkerCalls::WorkerCalls(ReferencePtr pool) : pool_(std::move(pool)), caller_(new_caller()) {}

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
  while (std::optional<TaskInHand> task = take()) perform(*task);
  leave();
}

bool WorkerCalls::run_one() {
  std::optional<TaskInHand> task = take();
  if (!task) return false;
  perform(*task);
  settle_finished();
  return true;
}

void WorkerCalls::stop() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stopping_ = true;
  if (taking_ != nullptr) taking_->cancel();
}

// One at a time: what is behind another one in a worker's hand may have to wait for long, or be
// what that one waits for. It leaves with the result of the last one, in one frame.
std::optional<TaskInHand> WorkerCalls::take() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (stopping_) {
    lock.unlock();
    settle_finished();
    return std::nullopt;
  }
  ParkedCall call(pool_, "take", [&](wire::Request& request) {
    request.set_caller(caller_);
    wire::PoolOp::Take& take = *request.mutable_pool()->mutable_take();
    take.set_most(1);
    for (const auto& [name, function] : functions_) take.add_offers(name);
  });
  const Taking taking(*this, call, lock);
  settle_finished();
  const Answer answer = call.take();
  if (answer.cancelled() || !answer.existed()) return std::nullopt;
  const auto list = result_of<wire::TaskList>(answer);
  const wire::TaskList::Taken& taken = list.tasks(0);
  const auto function = functions_.find(taken.function());
  return TaskInHand{.number = taken.task(),
                    .attempt = taken.attempt(),
                    .function = function->first.c_str(),
                    .call = function->second,
                    .arguments = Answer::of(pool_, function->first.c_str(), taken.arguments())};
}

void WorkerCalls::perform(TaskInHand& task) {
  const CurrentTask current_task(task);
  try {
    finish(task.number, false, value_of(task));
  } catch (const Disconnected&) {
    throw;
  } catch (const std::exception& raised) {
    finish(task.number, true, exception(name_of(&typeid(raised)), raised.what()));
  } catch (...) {
    finish(task.number, true, exception(name_of(abi::__cxa_current_exception_type()), ""));
  }
}

// Throws InvalidArgument if the value is too large for a message.
void WorkerCalls::finish(uint64_t task, bool raised, std::string_view value) {
  finished_.push_back(
      {start(pool_, "finish", Timeout::never(), finish_of(task, raised, value)), task});
}

void WorkerCalls::settle_finished() {
  for (Finished& one : std::exchange(finished_, {})) {
    const Answer answer = one.answer.take();
    try {
      answer.existed();
    } catch (const Disconnected&) {
      throw;
    } catch (const Error& refused) {
      const std::string value = exception(name_of(&typeid(refused)), refused.what());
      ask(pool_, "finish", Timeout::never(), finish_of(one.task, true, value)).existed();
    }
  }
}

void WorkerCalls::leave() {
  ask(pool_, "leave", Timeout::never(), [this](wire::Request& request) {
    request.set_caller(caller_);
    request.mutable_pool()->mutable_leave();
  }).existed();
}

uint64_t this_task::attempt() { return current == nullptr ? 0 : current->attempt; }

void this_task::progress_encoded(std::string_view value) {
  const ReferencePtr& pool = current->arguments.reference();
  const Answer answer = ask(pool, "progress", Timeout::never(), [&](wire::Request& request) {
    wire::PoolOp::Progress& progress = *request.mutable_pool()->mutable_progress();
    progress.set_task(current->number);
    progress.set_value(value.data(), value.size());
  });
  // Another worker may have done it meanwhile (TaskOptions::rerun_after).
  if (answer.outcome() != wire::BAD_VALUE) answer.require();
}

}  // namespace syncmanager

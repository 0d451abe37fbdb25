#include "client/python/native/pending.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "client/cpp/src/connection.h"
#include "client/python/native/operation.h"
#include "client/python/native/without_gil.h"

namespace syncmanager::python {
namespace {

// How long a signal waits for its Python code while a thread waits for an answer.
constexpr std::chrono::milliseconds kSignalLatency{50};

// Takes the call over: the manager is told, and gives back what it was given.
void drop(std::unique_ptr<AsyncCall> call) {
  const std::shared_ptr<Connection> connection = call->answer.reference()->shared_connection();
  connection->drop(call.release());
}

// Signals are the main thread's.
void wait_interruptibly(Connection& connection, PendingCall& call) {
  const bool interruptible = _PyOS_IsMainThread() != 0;
  while (true) {
    {
      const WithoutGil waiting;
      if (!interruptible) return connection.wait(call);
      if (connection.wait_until(call, Connection::Clock::now() + kSignalLatency)) return;
    }
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  }
}

}  // namespace

Completions::Completions() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Completions::~Completions() { ::close(descriptor_); }

void Completions::report(uint64_t token) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    reported_.push_back(token);
  }
  ::eventfd_write(descriptor_, 1);
}

std::vector<uint64_t> Completions::take() {
  eventfd_t count = 0;
  ::eventfd_read(descriptor_, &count);
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(reported_, {});
}

// After the first signal it is still waited for: a Condition's wait comes back with its lock held,
// whatever ended it. The next signal doesn't wait any more.
Answer await_answer(std::unique_ptr<AsyncCall> call) {
  Connection& connection = call->answer.reference()->connection();
  try {
    wait_interruptibly(connection, *call);
  } catch (py::error_already_set& interrupt) {
    {
      const WithoutGil waiting;
      connection.cancel(*call);
    }
    try {
      wait_interruptibly(connection, *call);
    } catch (const py::error_already_set&) {
    }
    const WithoutGil waiting;
    drop(std::move(call));
    throw;
  }
  return std::move(call->answer);
}

Answer ask(std::unique_ptr<AsyncCall> call, std::string_view request) {
  Connection& connection = call->answer.reference()->connection();
  bool answered = false;
  {
    const WithoutGil waiting;
    connection.send(request, *call);
    answered = connection.wait_until(*call, Connection::Clock::now() + kSignalLatency);
  }
  return answered ? std::move(call->answer) : await_answer(std::move(call));
}

Pending::Pending(const Operation& operation, std::shared_ptr<SharedReference> reference,
                 py::object key, std::unique_ptr<AsyncCall> call, uint64_t token)
    : operation_(operation),
      reference_(std::move(reference)),
      key_(std::move(key)),
      call_(std::move(call)),
      token_(token) {}

Pending::~Pending() {
  if (call_ == nullptr) return;
  const WithoutGil waiting;
  drop(std::move(call_));
}

AsyncCall& Pending::call() const {
  if (call_ == nullptr) throw std::logic_error("the call's result was taken");
  return *call_;
}

bool Pending::late() const {
  const Answer& answer = call().answer;
  if (answer.loss() != Loss::kNone) return false;
  return answer.outcome() == wire::TIMED_OUT || answer.grant().timed_out;
}

void Pending::cancel() {
  AsyncCall& cancelled = call();
  const WithoutGil waiting;
  cancelled.answer.reference()->connection().cancel(cancelled);
}

py::object Pending::result() {
  call();
  Answer answer = await_answer(std::move(call_));
  return operation_.result(answer, reference_->session(), key_);
}

bool Pending::cancelled() {
  wait_interruptibly(call().answer.reference()->connection(), call());
  return call().answer.cancelled();
}

}  // namespace syncmanager::python

#include "client/python/native/pending.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "client/cpp/src/session/extension.h"
#include "client/python/native/operation.h"
#include "client/python/native/signals.h"
#include "client/python/native/without_gil.h"

namespace syncmanager::python {
namespace {

// How long an interrupted call waits for the manager's word, so that what it brought is back before
// the program goes on. A manager that is silent for longer holds nobody up.
constexpr std::chrono::seconds kWord{1};

constexpr syncmanager::Session::Clock::time_point kNever =
    syncmanager::Session::Clock::time_point::max();

syncmanager::Session& session_of(const PendingCall& call) {
  return call.answer.reference()->session();
}

// Sends the encoded request, if there is one, and waits without the GIL until the call is answered.
// A signal's Python code runs meanwhile. Throws what that raises.
void wait_interruptibly(PendingCall& call, EncodedMessage* request = nullptr) {
  syncmanager::Session& session = session_of(call);
  const bool watches = handles_signals();
  {
    const WithoutGil waiting;
    if (request != nullptr) session.send(std::move(*request), call);
    if (session.wait_until(call,
                           watches ? syncmanager::Session::Clock::now() + kUnwatched : kNever))
      return;
  }
  while (true) {
    const SignalWatch signals([&] { session.nudge(call); });
    run_signal_handlers();
    const WithoutGil waiting;
    if (session.wait_until(call, kNever)) return;
  }
}

void wait_for_word(PendingCall& call) {
  const WithoutGil waiting;
  session_of(call).wait_until(call, syncmanager::Session::Clock::now() + kWord);
}

// Takes the call over: the manager is told, and gives back what it was given. Returns whether that
// was anything.
bool drop(std::unique_ptr<AsyncCall> call) {
  const std::shared_ptr<syncmanager::Session> session = call->answer.reference()->shared_session();
  const WithoutGil waiting;
  return session->drop(call.release());
}

// The manager performs a session's requests in their order: those sent before are done afterwards.
void wait_for_requests(const std::shared_ptr<syncmanager::Session>& session) {
  auto call = std::make_unique<AsyncCall>(Answer(registry_of(session), "ping"));
  wire::Request ping;
  ping.mutable_registry()->mutable_ping();
  {
    const WithoutGil waiting;
    session->send(encode_moving(ping), *call);
  }
  wait_for_word(*call);
  drop(std::move(call));
}

// Cancels the call and ends it, and returns when what it was given is back. The wait of a Condition
// ends with its lock held, however long that takes. Throws what the Python code of a signal raises
// that comes meanwhile; the lock goes back then when it comes.
void give_back(std::unique_ptr<AsyncCall> call) {
  const std::shared_ptr<syncmanager::Session> session = call->answer.reference()->shared_session();
  if (!call->answered.load()) {
    {
      const WithoutGil waiting;
      session->cancel(*call);
    }
    try {
      holds_its_lock(*call) ? wait_interruptibly(*call) : wait_for_word(*call);
    } catch (...) {
      drop(std::move(call));
      throw;
    }
  }
  if (drop(std::move(call))) wait_for_requests(session);
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

void Completions::wait() {
  pollfd reported{.fd = descriptor_, .events = POLLIN, .revents = 0};
  const int unwatched = handles_signals() ? static_cast<int>(kUnwatched.count()) : -1;
  {
    const WithoutGil waiting;
    ::poll(&reported, 1, unwatched);
  }
  while (reported.revents == 0) {
    const SignalWatch signals([this] { ::eventfd_write(descriptor_, 1); });
    run_signal_handlers();
    const WithoutGil waiting;
    ::poll(&reported, 1, -1);
  }
  run_signal_handlers();
}

std::vector<uint64_t> Completions::take() {
  eventfd_t count = 0;
  ::eventfd_read(descriptor_, &count);
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(reported_, {});
}

std::unique_ptr<AsyncCall> ask(std::unique_ptr<AsyncCall> call, EncodedMessage* request) {
  try {
    wait_interruptibly(*call, request);
  } catch (const PythonError&) {
    give_back(std::move(call));
    throw;
  }
  return call;
}

Object hand_over(std::unique_ptr<AsyncCall>& call, const Operation& operation,
                 const SharedReference& reference, const Object& key) {
  bool interrupted = true;
  try {
    run_signal_handlers();
    interrupted = false;
    PendingCalls::adopt_references(*call);
    Object result = operation.result(call->answer, reference, key);
    interrupted = true;
    if (call->answer.reference() != nullptr) run_signal_handlers();
    return result;
  } catch (const PythonError& error) {
    // Unpickling runs the code of signals too; what isn't an Exception is no fault of the value.
    interrupted = interrupted || !error.matches(PyExc_Exception);
    // Without a reference the answer has gone into the result.
    std::unique_ptr<AsyncCall> ended = std::move(call);
    if (interrupted && ended->answer.reference() != nullptr) give_back(std::move(ended));
    throw;
  }
}

Pending::Pending(ObjectOf<Operation> operation, ObjectOf<SharedReference> reference, Object key,
                 std::unique_ptr<AsyncCall> call, uint64_t token)
    : operation_(std::move(operation)),
      reference_(std::move(reference)),
      key_(std::move(key)),
      call_(std::move(call)),
      token_(token) {}

Pending::~Pending() {
  if (call_ != nullptr && !taken_) python::drop(std::move(call_));
}

bool Pending::drop() {
  if (has_ended()) return false;
  const Answer& answer = call_->answer;
  const bool ok = ready() && answer.loss() == Loss::kNone && answer.outcome() == wire::OK;
  const bool undone = python::drop(std::move(call_));
  stands_ = ok && !undone;
  return undone;
}

void Pending::give_back() {
  if (!has_ended()) python::give_back(std::move(call_));
}

bool Pending::holds_its_lock() const { return !has_ended() && syncmanager::holds_its_lock(*call_); }

AsyncCall& Pending::call() const {
  if (call_ == nullptr) throw std::logic_error("the call's result was taken");
  return *call_;
}

bool Pending::timed_out() const {
  const Answer& answer = call().answer;
  if (answer.loss() != Loss::kNone) return false;
  return answer.outcome() == wire::TIMED_OUT || answer.grant().timed_out;
}

void Pending::cancel() {
  if (has_ended()) return;
  const WithoutGil waiting;
  session_of(*call_).cancel(*call_);
}

Object Pending::result() {
  call();
  call_ = ask(std::move(call_));
  Object result = hand_over(call_, *operation_, *reference_, key_);
  taken_ = true;
  return result;
}

}  // namespace syncmanager::python

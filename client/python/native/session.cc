#include "client/python/native/session.h"
#include "client/python/native/without_gil.h"

#include <grpc/grpc.h>

#include <cstdlib>
#include <utility>

#include "client/cpp/src/ask.h"
#include "client/cpp/src/connect.h"
#include "client/cpp/src/fork.h"

namespace syncmanager::python {
namespace {

// Grows in each forked child, so that what came from the parent is known to be stale.
uint64_t generation_of_process = 1;

ReferencePtr adopt_object(const std::shared_ptr<Connection>& connection, uint64_t object) {
  const auto registry = std::make_shared<const Reference>(connection, 0, "", "");
  const Answer answer = ask(registry, "adopt", Timeout::never(), [object](wire::Request& request) {
    request.mutable_registry()->mutable_adopt()->set_object(object);
  });
  return opened(registry, "", answer);
}

// The last reference may end its connection, which joins a thread that may want the GIL.
template <class Pointer>
void reset_without_gil(Pointer& pointer) {
  if (pointer == nullptr) return;
  const WithoutGil waiting;
  pointer.reset();
}

// gRPC reads how it is to poll when it starts. A process that forks needs "poll": the resetting of
// "epoll1" in a child is broken in 1.51, where the event engine's takes the place of the other's
// (Fork::SetResetChildPollingEngineFunc keeps one), and parent and child share an epoll set. It
// stays started, and programs that this one starts get the environment as it was.
void start_grpc() {
  static const bool started = [] {
    for (const auto& [name, value] :
         {std::pair("GRPC_ENABLE_FORK_SUPPORT", "1"), std::pair("GRPC_POLL_STRATEGY", "poll")}) {
      ::setenv(name, value, 1);
    }
    grpc_init();
    ::unsetenv("GRPC_ENABLE_FORK_SUPPORT");
    ::unsetenv("GRPC_POLL_STRATEGY");
    return true;
  }();
  static_cast<void>(started);
}

}  // namespace

Session::Session(std::string url, ClientOptions options, Translation translation)
    : url_(std::move(url)), options_(std::move(options)), translation_(std::move(translation)) {
  connect();
}

Session::~Session() { reset_without_gil(connection_); }

void Session::connect() {
  start_grpc();
  const WithoutGil waiting;
  connection_ = syncmanager::connect(url_.empty() ? default_url() : url_, options_);
  generation_ = generation_of_process;
}

const std::shared_ptr<Connection>& Session::connection() {
  if (generation_ != generation_of_process) connect();
  return connection_;
}

void Session::close() {
  if (generation_ != generation_of_process) return;
  const WithoutGil waiting;
  connection_->close();
}

void Session::before_fork() {
  const WithoutGil waiting;
  pause_connections();
}

void Session::after_fork_in_parent() { resume_connections(); }

void Session::after_fork_in_child() {
  abandon_connections();
  ++generation_of_process;
}

SharedReference::SharedReference(std::shared_ptr<Session> session, ReferencePtr reference)
    : session_(std::move(session)),
      generation_(session_->generation()),
      reference_(std::move(reference)) {}

SharedReference::~SharedReference() { reset_without_gil(reference_); }

const ReferencePtr& SharedReference::get() {
  const std::shared_ptr<Connection>& connection = session_->connection();
  if (generation_ == session_->generation()) return reference_;
  const WithoutGil waiting;
  reference_ = reference_->object() == 0 ? std::make_shared<const Reference>(connection, 0, "", "")
                                         : adopt_object(connection, reference_->object());
  generation_ = session_->generation();
  return reference_;
}

std::shared_ptr<SharedReference> SharedReference::adopt(const std::shared_ptr<Session>& session,
                                                        uint64_t object) {
  const std::shared_ptr<Connection> connection = session->connection();
  ReferencePtr reference;
  {
    const WithoutGil waiting;
    reference = adopt_object(connection, object);
  }
  return std::make_shared<SharedReference>(session, std::move(reference));
}

std::shared_ptr<SharedReference> SharedReference::fenced(uint64_t lock, uint64_t number) {
  auto other = std::make_shared<SharedReference>(
      session_, std::make_shared<const Reference>(get(), Fence{.lock = lock, .number = number}));
  other->perform_ = perform_;
  return other;
}

std::shared_ptr<SharedReference> SharedReference::through(py::object perform) {
  auto other = std::make_shared<SharedReference>(session_, get());
  other->perform_ = std::move(perform);
  return other;
}

}  // namespace syncmanager::python

#include "client/python/native/session.h"

#include <optional>
#include <utility>

#include "client/cpp/src/session/extension.h"
#include "client/python/native/make.h"
#include "client/python/native/signals.h"
#include "client/python/native/without_gil.h"

namespace syncmanager::python {
namespace {

ReferencePtr adopt_object(const std::shared_ptr<syncmanager::Session>& current, uint64_t object,
                          const std::string& name, bool sent) {
  const ReferencePtr registry = registry_of(current);
  const Answer answer = ask(registry, "adopt", Timeout::never(), [=](wire::Request& request) {
    request.mutable_registry()->mutable_adopt()->set_object(object);
    request.mutable_registry()->mutable_adopt()->set_sent(sent);
  });
  return opened(registry, name, answer);
}

// The last reference may end its current, which joins a thread that may want the GIL.
template <class Pointer>
void reset_without_gil(Pointer& pointer) {
  if (pointer == nullptr) return;
  const WithoutGil waiting;
  pointer.reset();
}

}  // namespace

Session::Session(std::string url, ClientOptions options, Translation translation)
    : url_(std::move(url)), options_(std::move(options)), translation_(std::move(translation)) {
  connect();
}

Session::~Session() { reset_without_gil(current_); }

// Several threads of a forked child may connect at once: the session is that of the first one.
void Session::connect() {
  ClientOptions options = options_;
  options.name = std::string(text_of(translation_.session_name()));
  std::optional<WithoutGil> waiting(std::in_place);
  const auto check_signals = [&waiting] {
    waiting.reset();
    run_signal_handlers();
    waiting.emplace();
  };
  std::shared_ptr<syncmanager::Session> made =
      syncmanager::connect(url_.empty() ? default_url() : url_, options, check_signals);
  waiting.reset();
  if (current_ == nullptr || current_->is_inherited()) {
    current_.swap(made);
    ++generation_;
  }
  reset_without_gil(made);
}

const std::shared_ptr<syncmanager::Session>& Session::current() {
  if (current_->is_inherited()) connect();
  return current_;
}

void Session::close() {
  const WithoutGil waiting;
  current_->close();
}

SharedReference::SharedReference(std::shared_ptr<Session> session, ReferencePtr reference)
    : session_(std::move(session)),
      generation_(session_->generation()),
      reference_(std::move(reference)) {}

SharedReference::~SharedReference() { reset_without_gil(reference_); }

ObjectOf<SharedReference> SharedReference::of(Handle subject) {
  static PyObject* const attribute = PyUnicode_InternFromString("_syncmanager_reference");
  if (value_if<SharedReference>(subject) != nullptr)
    return ObjectOf<SharedReference>(Object(subject));
  return ObjectOf<SharedReference>(steal(PyObject_GetAttr(subject.get(), attribute)));
}

const ReferencePtr& SharedReference::get() {
  const std::shared_ptr<syncmanager::Session> current = session_->current();
  if (generation_ == session_->generation()) return reference_;
  ReferencePtr parents = reference_;  // Another thread may replace it meanwhile.
  ReferencePtr own;
  {
    const WithoutGil waiting;
    own = parents->object() == 0 ? registry_of(current)
                                 : adopt_object(current, parents->object(), parents->name(), false);
  }
  if (generation_ != session_->generation()) {
    reference_ = own;
    generation_ = session_->generation();
  }
  reset_without_gil(parents);
  return reference_;
}

ObjectOf<SharedReference> SharedReference::registry(const std::shared_ptr<Session>& session) {
  return make<SharedReference>(session, registry_of(session->current()));
}

ObjectOf<SharedReference> SharedReference::adopt(const std::shared_ptr<Session>& session,
                                                 uint64_t object, bool sent) {
  const std::shared_ptr<syncmanager::Session> current = session->current();
  ReferencePtr reference;
  {
    const WithoutGil waiting;
    reference = adopt_object(current, object, "", sent);
  }
  return make<SharedReference>(session, std::move(reference));
}

ObjectOf<SharedReference> SharedReference::fenced(uint64_t lock, uint64_t number) {
  auto other = make<SharedReference>(
      session_, std::make_shared<const Reference>(get(), Fence{.lock = lock, .number = number}));
  other->perform_ = perform_;
  other->latest_grant_ = latest_grant_;
  return other;
}

ObjectOf<SharedReference> SharedReference::at_version(uint64_t version) {
  auto other = make<SharedReference>(session_, Reference::at_version(get(), version));
  other->perform_ = perform_;
  other->latest_grant_ = latest_grant_;
  return other;
}

ObjectOf<SharedReference> SharedReference::via(Object perform) {
  auto other = make<SharedReference>(session_, get());
  other->perform_ = std::move(perform);
  other->latest_grant_ = latest_grant_;
  return other;
}

ObjectOf<SharedReference> SharedReference::uncounted() {
  return make<SharedReference>(session_, Reference::uncounted(*get()));
}

}  // namespace syncmanager::python

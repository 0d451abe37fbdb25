#include "client/python/native/operation.h"

#include <syncmanager/error.h>

#include <chrono>
#include <cmath>
#include <utility>

#include "client/cpp/src/session/extension.h"
#include "client/python/native/errors.h"
#include "client/python/native/fields.h"
#include "client/python/native/held_delivery.h"
#include "client/python/native/tasks.h"
#include "client/python/native/values.h"
#include "client/python/native/without_gil.h"

namespace syncmanager::python {
namespace {

using google::protobuf::Message;

Timeout timeout_of(py::handle seconds) {
  if (seconds.is_none()) return Timeout::never();
  const double number = PyFloat_AsDouble(seconds.ptr());
  if (PyErr_Occurred() != nullptr) throw py::error_already_set();
  if (std::isnan(number)) throw py::value_error("Invalid value NaN (not a number)");
  return Timeout::after(std::chrono::duration<double>(number));
}

// The LazyValue takes the references in the value.
py::object raw_value_of(Answer& answer, const std::shared_ptr<Session>& session) {
  const auto shared = std::make_shared<Answer>(std::move(answer));
  std::string bytes = shared->read(
      [](Decoder& decoder) { return std::string(decoder.reader().encoded().value_or("")); });
  return py::cast(LazyValue(shared, std::move(bytes), session));
}

py::object raw_page_of(Answer& answer, const std::shared_ptr<Session>& session) {
  const auto shared = std::make_shared<Answer>(std::move(answer));
  const Page page = shared->page();
  py::list values;
  for (const auto& value : page.values) {
    values.append(LazyValue(shared, std::string(value), session));
  }
  return py::make_tuple(values, page.cursor, page.version);
}

py::object page_of(const Answer& answer, const std::shared_ptr<Session>& session) {
  const Page page = answer.page();
  py::list values(page.values.size());
  for (size_t i = 0; i < page.values.size(); ++i) {
    Decoder decoder = answer.decoder(page.values[i]);
    values[i] = decode(decoder, session);
  }
  return py::make_tuple(values, page.cursor, page.version);
}

// The key that a KeyError names; null: none.
py::object key_of(Operation::Arguments arguments) {
  return arguments.empty() ? py::object() : py::reinterpret_borrow<py::object>(arguments[0]);
}

}  // namespace

Operation::Operation(const std::string& name, const std::vector<std::string>& fields,
                     py::object on_timeout, bool as_delivery, bool raw)
    : name_(name.substr(name.find('.') + 1)),
      type_(field_of(*wire::Request::descriptor(), name.substr(0, name.find('.')))),
      method_(field_of(*type_->message_type(), name_)),
      on_timeout_(std::move(on_timeout)),
      as_delivery_(as_delivery),
      raw_(raw),
      opens_(name == "registry.open") {
  for (const std::string& field : fields) {
    fields_.push_back(field_of(*method_->message_type(), field));
  }
}

std::string Operation::name() const { return std::string(type_->name()) + "." + name_; }

// An object that is to be found or made has no id yet: it goes by its type and name.
ReferencePtr Operation::subject(const ReferencePtr& reference, Arguments arguments) const {
  if (!opens_) return reference;
  return std::make_shared<const Reference>(reference->shared_session(), 0, fields_.back()->name(),
                                           py::cast<std::string>(py::handle(arguments[0])));
}

// A value's pickling may run any Python, another call of this thread included: so the request is
// not the thread's draft.
std::unique_ptr<AsyncCall> Operation::prepare(const ReferencePtr& reference, const Session& session,
                                              py::handle timeout, uint64_t caller,
                                              Arguments arguments, EncodedMessage& encoded,
                                              Lending* lending) const {
  if (arguments.size() > fields_.size()) throw py::type_error("too many arguments: " + name_);
  auto call = std::make_unique<AsyncCall>(Answer(subject(reference, arguments), name_.c_str()));
  wire::Request request;
  address(request, *reference, timeout_of(timeout));
  if (caller != 0) request.set_caller(caller);
  Message& type = *request.GetReflection()->MutableMessage(&request, type_);
  Message& method = *type.GetReflection()->MutableMessage(&type, method_);
  const google::protobuf::FieldDescriptor* lent = nullptr;  // The one field that is.
  std::string value;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (lending == nullptr || lent != nullptr) {
      set_field(method, *fields_[i], arguments[i], session);
    } else if (lend_field(method, *fields_[i], arguments[i], session, *lending, value)) {
      lent = fields_[i];
    }
  }
  call->asked = undoable(request);
  encoded = lent == nullptr ? encode_moving(request)
                            : encode_lent(request, {type_, method_, lent}, std::move(value),
                                          std::move(lending->lent));
  return call;
}

py::object Operation::call(py::handle subject, py::handle timeout, Arguments arguments) const {
  const std::shared_ptr<SharedReference> reference = SharedReference::of(subject);
  if (const py::object& perform = reference->perform()) {
    py::tuple others(arguments.size());
    for (size_t i = 0; i < arguments.size(); ++i) others[i] = py::handle(arguments[i]);
    return perform(py::cast(this), subject, timeout, *others);
  }
  const ReferencePtr pointer = reference->get();
  KeptReferences kept;  // Until the request is sent.
  Lending lending;      // Until the call is answered.
  EncodedMessage request;
  std::unique_ptr<AsyncCall> call;
  try {
    call = prepare(pointer, *reference->session(), timeout, 0, arguments, request, &lending);
  } catch (py::error_already_set& error) {
    const auto keys = py::module_::import("syncmanager._session.keys");
    if (!error.matches(keys.attr("NeedsEquality"))) throw;
    const auto equality = py::module_::import("syncmanager._session.equality");
    const py::object by_equality = equality.attr("by_equality");
    py::tuple others(arguments.size());
    for (size_t i = 0; i < arguments.size(); ++i) others[i] = py::handle(arguments[i]);
    return by_equality(py::cast(this), subject, timeout, *others);
  }
  call->asynchronous = false;  // Somebody waits for it.
  call = ask(std::move(call), &request);
  return hand_over(call, *this, *reference, key_of(arguments));
}

std::unique_ptr<Pending> Operation::start(py::handle subject, py::handle timeout, uint64_t caller,
                                          Arguments arguments,
                                          const std::shared_ptr<Completions>& completions) const {
  const std::shared_ptr<SharedReference> reference = SharedReference::of(subject);
  const ReferencePtr pointer = reference->get();
  KeptReferences kept;  // Until the request is sent.
  EncodedMessage request;
  std::unique_ptr<AsyncCall> call =
      prepare(pointer, *reference->session(), timeout, caller, arguments, request, nullptr);
  const uint64_t token = completions->next_token();
  call->on_answered = [completions, token] { completions->report(token); };
  bool sent = false;
  {
    const WithoutGil waiting;
    sent = pointer->session().send(std::move(request), *call);
  }
  if (!sent) completions->report(token);
  return std::make_unique<Pending>(*this, reference, key_of(arguments), std::move(call), token);
}

py::object Operation::result(Answer& answer, const SharedReference& reference,
                             const py::object& key) const {
  const std::shared_ptr<Session>& session = reference.session();
  if (answer.loss() != Loss::kNone) raise(answer, key);
  if (answer.outcome() == wire::TIMED_OUT) {
    if (!PyExceptionClass_Check(on_timeout_.ptr())) return on_timeout_;
    PyErr_SetNone(on_timeout_.ptr());
    throw py::error_already_set();
  }
  if (answer.outcome() != wire::OK) raise(answer, key);
  switch (answer.kind()) {
    case wire::Reply::kValueFieldNumber: {
      if (raw_) return raw_value_of(answer, session);
      const py::object value =
          answer.read([&](Decoder& decoder) { return decode(decoder, session); });
      if (!as_delivery_) return value;
      return py::make_tuple(value, HeldDelivery(answer), answer.deliveries());
    }
    case wire::Reply::kGrantFieldNumber: {
      const Grant grant = answer.grant();
      reference.latest_grant() = {.fencing = grant.fencing, .abandoned = grant.abandoned};
      return py::bool_(!grant.timed_out);
    }
    case wire::Reply::kPageFieldNumber:
      if (raw_) return raw_page_of(answer, session);
      return page_of(answer, session);
    case wire::Reply::kOpenedFieldNumber:
      return py::cast(std::make_shared<SharedReference>(
          session, opened(answer.reference(), answer.reference()->name(), answer)));
    case wire::Reply::kObjectsFieldNumber:
      return to_dict(result_of<wire::ObjectList>(answer));
    case wire::Reply::kStateFieldNumber:
      return to_dict(result_of<wire::ObjectState>(answer));
    case wire::Reply::kStatisticsFieldNumber:
      return to_dict(result_of<wire::Statistics>(answer));
    case wire::Reply::kBarrierFieldNumber:
      return to_dict(result_of<wire::BarrierState>(answer));
    case wire::Reply::kTasksFieldNumber:
      return tasks_of(answer, session);
    case wire::Reply::kResultsFieldNumber:
      return results_of(answer, session);
    case wire::Reply::kPoolFieldNumber:
      return to_dict(result_of<wire::PoolState>(answer));
    default:
      return on_timeout_.is(py::bool_(false)) ? py::object(py::bool_(true)) : py::none();
  }
}

}  // namespace syncmanager::python

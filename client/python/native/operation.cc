#include "client/python/native/operation.h"

#include <syncmanager/error.h>

#include <chrono>
#include <cmath>
#include <utility>

#include "client/cpp/src/session/extension.h"
#include "client/python/native/errors.h"
#include "client/python/native/fields.h"
#include "client/python/native/held_delivery.h"
#include "client/python/native/make.h"
#include "client/python/native/tasks.h"
#include "client/python/native/values.h"
#include "client/python/native/without_gil.h"

namespace syncmanager::python {
namespace {

using google::protobuf::Message;

Timeout timeout_of(Handle seconds) {
  if (seconds.is_none()) return Timeout::never();
  const double number = real_of(seconds);
  if (std::isnan(number)) raise(PyExc_ValueError, "Invalid value NaN (not a number)");
  return Timeout::after(std::chrono::duration<double>(number));
}

// The LazyValue takes the references in the value.
Object raw_value_of(Answer& answer, const std::shared_ptr<Session>& session) {
  const auto shared = std::make_shared<Answer>(std::move(answer));
  std::string bytes = shared->read(
      [](Decoder& decoder) { return std::string(decoder.reader().encoded().value_or("")); });
  return make<LazyValue>(shared, std::move(bytes), session);
}

Object raw_page_of(Answer& answer, const std::shared_ptr<Session>& session) {
  const auto shared = std::make_shared<Answer>(std::move(answer));
  const Page page = shared->page();
  const Object values = steal(PyList_New(0));
  for (const auto& value : page.values) {
    append(values, make<LazyValue>(shared, std::string(value), session));
  }
  return tuple_of(values, page.cursor, page.version);
}

Object page_of(const Answer& answer, const std::shared_ptr<Session>& session) {
  const Page page = answer.page();
  const Object values = steal(PyList_New(0));
  for (const auto& value : page.values) {
    Decoder decoder = answer.decoder(value);
    append(values, decode(decoder, session));
  }
  return tuple_of(values, page.cursor, page.version);
}

// The key that a KeyError names; null: none.
Object key_of(Arguments arguments) { return Object(arguments.empty() ? nullptr : arguments[0]); }

// Calls `perform` in the place of the operation.
Object perform_by(Handle perform, Handle operation, Handle subject, Handle timeout,
                  Arguments arguments) {
  const Object all = steal(PyList_New(0));
  for (const Handle argument : {operation, subject, timeout}) append(all, argument);
  for (PyObject* const argument : arguments) append(all, argument);
  const Object tuple = steal(PyList_AsTuple(all.get()));
  return steal(PyObject_Call(perform.get(), tuple.get(), nullptr));
}

}  // namespace

Operation::Operation(const std::string& name, const std::vector<std::string>& fields,
                     Object on_timeout, bool as_delivery, bool raw)
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
                                           std::string(text_of(arguments[0])));
}

// A value's pickling may run any Python, another call of this thread included: so the request is
// not the thread's draft.
std::unique_ptr<AsyncCall> Operation::prepare(const ReferencePtr& reference, const Session& session,
                                              Handle timeout, uint64_t caller, Arguments arguments,
                                              EncodedMessage& encoded, Lending* lending) const {
  if (arguments.size() > fields_.size()) raise(PyExc_TypeError, "too many arguments: " + name_);
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

Object Operation::call(Handle subject, Handle timeout, Arguments arguments) const {
  const ObjectOf<SharedReference> reference = SharedReference::of(subject);
  if (const Object& perform = reference->perform()) {
    return perform_by(perform, object_of(*this), subject, timeout, arguments);
  }
  const ReferencePtr pointer = reference->get();
  KeptReferences kept;  // Until the request is sent.
  Lending lending;      // Until the call is answered.
  EncodedMessage request;
  std::unique_ptr<AsyncCall> call;
  try {
    call = prepare(pointer, *reference->session(), timeout, 0, arguments, request, &lending);
  } catch (PythonError& error) {
    if (!error.matches(import("syncmanager._session.keys").attr("NeedsEquality"))) throw;
    const Object by_equality = import("syncmanager._session.equality").attr("by_equality");
    return perform_by(by_equality, object_of(*this), subject, timeout, arguments);
  }
  call->asynchronous = false;  // Somebody waits for it.
  call = ask(std::move(call), &request);
  return hand_over(call, *this, *reference, key_of(arguments));
}

ObjectOf<Pending> Operation::start(Handle subject, Handle timeout, uint64_t caller,
                                   const std::shared_ptr<Completions>& completions,
                                   Arguments arguments) const {
  const ObjectOf<SharedReference> reference = SharedReference::of(subject);
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
  return make<Pending>(object_of(*this), reference, key_of(arguments), std::move(call), token);
}

Object Operation::result(Answer& answer, const SharedReference& reference,
                         const Object& key) const {
  const std::shared_ptr<Session>& session = reference.session();
  if (answer.loss() != Loss::kNone) raise(answer, key);
  if (answer.outcome() == wire::TIMED_OUT) {
    if (!PyExceptionClass_Check(on_timeout_.get())) return on_timeout_;
    PyErr_SetNone(on_timeout_.get());
    throw PythonError();
  }
  if (answer.outcome() != wire::OK) raise(answer, key);
  switch (answer.kind()) {
    case wire::Reply::kValueFieldNumber: {
      if (raw_) return raw_value_of(answer, session);
      const Object value = answer.read([&](Decoder& decoder) { return decode(decoder, session); });
      if (!as_delivery_) return value;
      return tuple_of(value, make<HeldDelivery>(answer), answer.deliveries());
    }
    case wire::Reply::kGrantFieldNumber: {
      const Grant grant = answer.grant();
      reference.latest_grant() = {.fencing = grant.fencing, .abandoned = grant.abandoned};
      return to_python(!grant.timed_out);
    }
    case wire::Reply::kPageFieldNumber:
      if (raw_) return raw_page_of(answer, session);
      return page_of(answer, session);
    case wire::Reply::kOpenedFieldNumber:
      return make<SharedReference>(session,
                                   opened(answer.reference(), answer.reference()->name(), answer));
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
      return Object(on_timeout_.get() == Py_False ? Py_True : Py_None);
  }
}

}  // namespace syncmanager::python

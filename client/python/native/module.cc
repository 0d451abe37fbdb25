// syncmanager._native: the C++ client for the package's Python. Nobody else's to import.

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/python/native/class.h"
#include "client/python/native/errors.h"
#include "client/python/native/held_delivery.h"
#include "client/python/native/manager.h"
#include "client/python/native/operation.h"
#include "client/python/native/pending.h"
#include "client/python/native/session.h"
#include "client/python/native/signals.h"
#include "client/python/native/tasks.h"
#include "client/python/native/values.h"
#include "client/python/native/without_gil.h"

namespace syncmanager::python {
namespace {

// Called in the keeper's thread, which may outlive the interpreter. None: nothing.
std::function<void()> callback(Object function) {
  if (function.is_none()) return nullptr;
  // Never destroyed: that would need the GIL, in whatever thread.
  return [kept = Handle(function.release())] {
    if (interpreter_ends()) return;
    const WithGil gil;
    const Object name = to_python("on_session_lost");
    const Object result = Object::take(PyObject_CallObject(kept.get(), nullptr));
    if (!result) PyErr_WriteUnraisable(name.get());
  };
}

std::shared_ptr<Session> connect(const std::string& url, const std::string& key_file,
                                 const std::string& key, double session_timeout,
                                 std::optional<double> connect_timeout, Object on_session_lost,
                                 Handle translation) {
  using Seconds = std::chrono::duration<double>;
  using std::chrono::milliseconds;
  ClientOptions options{
      .key_file = key_file,
      .key = key,
      .session_timeout = std::chrono::round<milliseconds>(Seconds(session_timeout)),
      .on_session_lost = callback(std::move(on_session_lost))};
  if (connect_timeout) {
    options.connect_timeout = std::chrono::round<milliseconds>(Seconds(*connect_timeout));
  }
  return std::make_shared<Session>(url, std::move(options), Session::Translation(translation));
}

Object encode_stored(Handle value, const Session& session) {
  const std::string bytes = encode(value, session, Purpose::kStored);
  return steal(PyBytes_FromStringAndSize(bytes.data(), static_cast<Py_ssize_t>(bytes.size())));
}

void bind_sessions(Handle module) {
  Class<Session>("syncmanager._native.Session")
      .constructor<&connect>("$OOOOOOO:Session",
                             {"url", "key_file", "key", "session_timeout", "connect_timeout",
                              "on_session_lost", "translation"})
      .method<&Session::close>("close")
      .method<&SharedReference::adopt>("adopt", "O|O:adopt", {"object", "sent"})
      .method<&SharedReference::registry>("registry")
      .property<&Session::url>("url")
      .property<[](const Session& self) { return self.translation().self; }>("translation")
      .add_to(module);
  Class<SharedReference>("syncmanager._native.Reference")
      .property<&SharedReference::object>("id")
      .property<[](SharedReference& self) { return self.get()->type(); }>("type")
      .property<&SharedReference::name>("name")
      .property<&SharedReference::session>("session")
      .property<[](const SharedReference& self) {
        const LatestGrant& latest = self.latest_grant();
        return tuple_of(latest.fencing, latest.abandoned);
      }>("grant")
      .method<&SharedReference::fenced>("fenced")
      .method<&SharedReference::at_version>("at_version")
      .method<&SharedReference::via>("via")
      .method<&SharedReference::uncounted>("uncounted")
      .add_to(module);
}

// Operation(name, *fields, on_timeout=None, as_delivery=False, raw=False)
PyObject* make_operation(PyTypeObject* /*type*/, PyObject* tuple, PyObject* keywords) {
  return or_error([&] {
    const auto words = from_python<std::vector<std::string>>(tuple);
    if (words.empty()) raise(PyExc_TypeError, "an operation has a name");
    PyObject* on_timeout = Py_None;
    int as_delivery = 0, raw = 0;
    std::array names{"on_timeout", "as_delivery", "raw", static_cast<const char*>(nullptr)};
    if (PyArg_ParseTupleAndKeywords(tuple_of().get(), keywords, "|$Opp:Operation",
                                    const_cast<char**>(names.data()), &on_timeout, &as_delivery,
                                    &raw) == 0) {
      throw PythonError();
    }
    const std::vector<std::string> fields(words.begin() + 1, words.end());
    return make<Operation>(words[0], fields, Object(on_timeout), as_delivery != 0, raw != 0);
  });
}

// operation(subject, timeout, *arguments)
PyObject* call_operation(PyObject* self, PyObject* const* arguments, size_t counted,
                         PyObject* keywords) {
  return or_error([&] {
    const size_t count = counted & ~kArgumentsOffset;
    if (count < 2 || keywords != nullptr) {
      raise(PyExc_TypeError, "an operation takes a proxy, a timeout and its fields");
    }
    const auto& operation = value_in<Operation>(self);
    return operation.call(arguments[0], arguments[1], {arguments + 2, count - 2});
  });
}

void bind_operations(Handle module) {
  Class<Completions>("syncmanager._native.Completions")
      .constructor<[] { return std::make_shared<Completions>(); }>(":Completions")
      .method<&Completions::descriptor>("fileno")
      .method<&Completions::wait>("wait")
      .method<&Completions::take>("take")
      .add_to(module);
  Class<HeldDelivery>("syncmanager._native.HeldDelivery")
      .property<&HeldDelivery::number>("number")
      .method<&HeldDelivery::release>("release")
      .add_to(module);
  Class<Pending>("syncmanager._native.Pending")
      .property<&Pending::token>("token")
      .method<&Pending::ready>("ready")
      .method<&Pending::timed_out>("timed_out")
      .method<&Pending::cancel>("cancel")
      .method<&Pending::drop>("drop")
      .method<&Pending::stands>("stands")
      .method<&Pending::give_back>("give_back")
      .property<&Pending::holds_its_lock>("holds_its_lock")
      .property<&Pending::session>("session")
      .method<&Pending::result>("result")
      .add_to(module);
  Class<Operation>("syncmanager._native.Operation")
      .constructor(&make_operation)
      .call(&call_operation)
      .property<&Operation::name>("name")
      .method<&Operation::start>("start")
      .add_to(module);
}

int fill_module(PyObject* module) noexcept {
  try {
    bind_sessions(module);
    bind_operations(module);
    bind_tasks(module);
    bind_managers(module);
    return 0;
  } catch (...) {
    set_error();
    return -1;
  }
}

}  // namespace

PyMODINIT_FUNC PyInit__native() {
  static PyMethodDef functions[] = {
      function_of<&encode_stored>("encode"),
      function_of<&call>("call"),
      function_of<&has_calls>("has_calls"),
      function_of<&SignalWatch::after_fork_in_child>("after_fork_in_child"),
      {nullptr, nullptr, 0, nullptr},
  };
  // Py_mod_gil is left out, so a CPython without a GIL switches it on for this module. Sessions of
  // forked children, latest grants and pending calls have no lock but the GIL.
  static PyModuleDef_Slot slots[] = {
      {Py_mod_exec, reinterpret_cast<void*>(&fill_module)},
      {0, nullptr},
  };
  static PyModuleDef definition{.m_base = PyModuleDef_HEAD_INIT,
                                .m_name = "_native",
                                .m_doc = nullptr,
                                .m_size = 0,
                                .m_methods = functions,
                                .m_slots = slots,
                                .m_traverse = nullptr,
                                .m_clear = nullptr,
                                .m_free = nullptr};
  return PyModuleDef_Init(&definition);
}

}  // namespace syncmanager::python

// syncmanager._native: the C++ client for the package's Python. Nobody else's to import.

#include <pybind11/chrono.h>
#include <pybind11/stl.h>

#include <chrono>
#include <functional>
#include <span>

#include "client/python/native/errors.h"
#include "client/python/native/held_delivery.h"
#include "client/python/native/manager.h"
#include "client/python/native/operation.h"
#include "client/python/native/pending.h"
#include "client/python/native/session.h"
#include "client/python/native/signals.h"
#include "client/python/native/tasks.h"
#include "client/python/native/values.h"
#include "client/python/native/vectorcall.h"

namespace syncmanager::python {
namespace {

// Called in the keeper's thread, which may outlive the interpreter. None: nothing.
std::function<void()> callback(py::object function) {
  if (function.is_none()) return nullptr;
  // Never destroyed: that would need the GIL, in whatever thread.
  return [kept = function.release()] {
    if (_Py_IsFinalizing() != 0) return;
    const py::gil_scoped_acquire gil;
    try {
      kept();
    } catch (py::error_already_set& error) {
      error.discard_as_unraisable("on_session_lost");
    }
  };
}

std::shared_ptr<Session> connect(const std::string& url, const std::string& key_file,
                                 const std::string& key,
                                 std::chrono::duration<double> session_timeout,
                                 std::optional<std::chrono::duration<double>> connect_timeout,
                                 py::object on_session_lost, const py::object& translation) {
  using std::chrono::milliseconds;
  ClientOptions options{.key_file = key_file,
                        .key = key,
                        .session_timeout = std::chrono::round<milliseconds>(session_timeout),
                        .on_session_lost = callback(std::move(on_session_lost))};
  if (connect_timeout) {
    options.connect_timeout = std::chrono::round<milliseconds>(*connect_timeout);
  }
  return std::make_shared<Session>(url, std::move(options), Session::Translation(translation));
}

void bind_sessions(py::module_& module) {
  py::class_<Session, std::shared_ptr<Session>>(module, "Session")
      .def(py::init(&connect), py::kw_only(), py::arg("url"), py::arg("key_file"), py::arg("key"),
           py::arg("session_timeout"), py::arg("connect_timeout"), py::arg("on_session_lost"),
           py::arg("translation"))
      .def("close", &Session::close)
      .def("adopt", &SharedReference::adopt, py::arg("object"), py::arg("sent") = false)
      .def("registry", &SharedReference::registry)
      .def_property_readonly("url", &Session::url)
      .def_property_readonly("translation",
                             [](const Session& self) { return self.translation().self; });
  py::class_<SharedReference, std::shared_ptr<SharedReference>>(module, "Reference")
      .def_property_readonly("id", &SharedReference::object)
      .def_property_readonly("type", [](SharedReference& self) { return self.get()->type(); })
      .def_property_readonly("name", &SharedReference::name)
      .def_property_readonly("session", &SharedReference::session)
      .def_property_readonly("grant",
                             [](const SharedReference& self) {
                               const LatestGrant& latest = self.latest_grant();
                               return py::make_tuple(latest.fencing, latest.abandoned);
                             })
      .def("fenced", &SharedReference::fenced)
      .def("at_version", &SharedReference::at_version)
      .def("via", &SharedReference::via)
      .def("uncounted", &SharedReference::uncounted);
  module.def("encode", [](const py::object& value, const std::shared_ptr<Session>& session) {
    return py::bytes(encode(value, *session, Purpose::kStored));
  });
}

std::span<PyObject* const> items_of(const py::tuple& tuple) {
  return {PySequence_Fast_ITEMS(tuple.ptr()), tuple.size()};
}

// operation(subject, timeout, *arguments)
PyObject* call_operation(PyObject* self, PyObject* const* arguments, size_t counted,
                         PyObject* keywords) {
  const auto count = static_cast<size_t>(PyVectorcall_NARGS(counted));
  return or_error([&] {
    if (count < 2 || keywords != nullptr) {
      throw py::type_error("an operation takes a proxy, a timeout and its fields");
    }
    const auto& operation = py::cast<const Operation&>(py::handle(self));
    return operation.call(arguments[0], arguments[1], {arguments + 2, count - 2});
  });
}

void bind_operations(py::module_& module) {
  py::class_<Completions, std::shared_ptr<Completions>>(module, "Completions")
      .def(py::init<>())
      .def("fileno", &Completions::descriptor)
      .def("wait", &Completions::wait)
      .def("take", &Completions::take);
  py::class_<HeldDelivery>(module, "HeldDelivery")
      .def_property_readonly("number", &HeldDelivery::number)
      .def("release", &HeldDelivery::release);
  py::class_<Pending>(module, "Pending")
      .def_property_readonly("token", &Pending::token)
      .def("ready", &Pending::ready)
      .def("timed_out", &Pending::timed_out)
      .def("cancel", &Pending::cancel)
      .def("drop", &Pending::drop)
      .def("stands", &Pending::stands)
      .def("give_back", &Pending::give_back)
      .def_property_readonly("holds_its_lock", &Pending::holds_its_lock)
      .def_property_readonly("session", &Pending::session)
      .def("result", &Pending::result);
  py::class_<Operation>(module, "Operation",
                        py::custom_type_setup(&call_by_vector<&call_operation>))
      .def(py::init([](const std::string& name, const py::args& fields, py::object on_timeout,
                       bool as_delivery, bool raw) {
             return std::make_unique<Operation>(name, py::cast<std::vector<std::string>>(fields),
                                                std::move(on_timeout), as_delivery, raw);
           }),
           py::arg("name"), py::kw_only(), py::arg("on_timeout") = py::none(),
           py::arg("as_delivery") = false, py::arg("raw") = false)
      .def_property_readonly("name", &Operation::name)
      .def(
          "start",
          [](const Operation& self, const py::object& subject, const py::object& timeout,
             uint64_t caller, const std::shared_ptr<Completions>& completions,
             const py::args& arguments) {
            return self.start(subject, timeout, caller, items_of(arguments), completions);
          },
          py::keep_alive<0, 1>());
}

}  // namespace

PYBIND11_MODULE(_native, module) {
  translate_errors();
  bind_sessions(module);
  bind_operations(module);
  bind_tasks(module);
  bind_managers(module);
  module.def("after_fork_in_child", &SignalWatch::after_fork_in_child);
}

}  // namespace syncmanager::python

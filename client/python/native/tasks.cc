#include "client/python/native/tasks.h"

#include <syncmanager/decoder.h>
#include <syncmanager/worker_policy.h>

#include <algorithm>
#include <chrono>
#include <span>

#include "client/cpp/src/session/extension.h"
#include "client/python/native/values.h"
#include "client/python/native/without_gil.h"
#include "protos/pool.pb.h"

namespace syncmanager::python {
namespace {

std::string encode_kept(py::handle value, const Session& session, Purpose purpose,
                        AboutEncoded& about, std::vector<ReferencePtr>& references) {
  KeptReferences kept;
  std::string bytes = encode(value, session, purpose, &about);
  references = kept.take();
  return bytes;
}

}  // namespace

EncodedValue::EncodedValue(py::handle value, const Session& session, bool keyed)
    : bytes_(encode_kept(value, session, keyed ? Purpose::kStored : Purpose::kMoved, about_,
                         references_)) {}

EncodedValue::~EncodedValue() {
  if (references_.empty()) return;
  const WithoutGil waiting;  // The last reference may end its current.
  references_.clear();
}

py::object LazyValue::decode() const {
  Decoder decoder = answer_->decoder(bytes_);
  return syncmanager::python::decode(decoder, session_);
}

bool LazyValue::is_chunk() const { return ValueReader(bytes_).kind() == Kind::kList; }

py::list LazyValue::call_each(const py::object& function) const {
  Decoder decoder = answer_->decoder(bytes_);
  const uint64_t calls = decoder.reader().begin(Kind::kList).value();
  py::list results;
  decode_each(decoder, calls, session_, [&](const py::object& arguments) {
    const py::object result = call(function, arguments);
    // pybind11's own append() looks once more at what it is given.
    if (PyList_Append(results.ptr(), result.ptr()) != 0) throw py::error_already_set();
  });
  return results;
}

py::list tasks_of(Answer& answer, const std::shared_ptr<Session>& session) {
  auto list = result_of<wire::TaskList>(answer);
  const auto shared = std::make_shared<Answer>(std::move(answer));
  py::list tasks;
  for (wire::TaskList::Taken& task : *list.mutable_tasks()) {
    tasks.append(py::make_tuple(task.task(), task.function(),
                                LazyValue(shared, std::move(*task.mutable_arguments()), session),
                                task.attempt()));
  }
  return tasks;
}

py::list results_of(Answer& answer, const std::shared_ptr<Session>& session) {
  auto list = result_of<wire::TaskResults>(answer);
  const auto shared = std::make_shared<Answer>(std::move(answer));
  py::list results;
  for (wire::TaskResults::Result& result : *list.mutable_results()) {
    py::object value = py::none();
    if (!result.value().empty()) {
      value = py::cast(LazyValue(shared, std::move(*result.mutable_value()), session));
    }
    py::list workers;
    for (const std::string& worker : result.workers()) workers.append(py::str(worker));
    results.append(py::make_tuple(result.ticket(), static_cast<int>(result.kind()), value,
                                  result.task(), workers));
  }
  return results;
}

py::object call(const py::object& function, const py::object& arguments) {
  if (PyTuple_CheckExact(arguments.ptr())) {
    return steal(PyObject_Call(function.ptr(), arguments.ptr(), nullptr));
  }
  if (!PyDict_CheckExact(arguments.ptr())) {
    return steal(PyObject_CallOneArg(function.ptr(), arguments.ptr()));
  }
  const py::object positional = arguments.attr("pop")("");
  return function(*positional, **py::dict(arguments));
}

bool has_calls(const py::sequence& items) {
  const py::object fast = steal(PySequence_Fast(items.ptr(), "expected a sequence"));
  const std::span<PyObject*> all(PySequence_Fast_ITEMS(fast.ptr()),
                                 static_cast<size_t>(PySequence_Fast_GET_SIZE(fast.ptr())));
  return std::ranges::any_of(
      all, [](PyObject* item) { return PyTuple_CheckExact(item) || PyDict_CheckExact(item); });
}

void bind_tasks(py::module_& module) {
  using Seconds = std::chrono::duration<double>;
  py::class_<WorkerPolicy> policy(module, "WorkerPolicy");
  policy.attr("REPORT_AFTER") = Seconds(WorkerPolicy::kReportAfter).count();
  policy.attr("GIVE_BACK_AFTER") = Seconds(WorkerPolicy::kGiveBackAfter).count();
  policy.def_static("next_batch", [](uint64_t done, double seconds) {
    return WorkerPolicy::next_batch(
        done, std::chrono::duration_cast<WorkerPolicy::Duration>(Seconds(seconds)));
  });
  py::class_<EncodedValue>(module, "EncodedValue")
      .def(py::init<const py::object&, const Session&, bool>(), py::arg("value"),
           py::arg("session"), py::arg("keyed") = false)
      .def_property_readonly("elements",
                             [](const EncodedValue& self) { return self.about().elements; })
      .def_property_readonly("ordered",
                             [](const EncodedValue& self) { return self.about().ordered; })
      .def("__len__", [](const EncodedValue& self) { return self.bytes().size(); });
  py::class_<LazyValue>(module, "LazyValue")
      .def("decode", &LazyValue::decode)
      .def("is_chunk", &LazyValue::is_chunk)
      .def("call_each", &LazyValue::call_each);
  module.def("call", &call);
  module.def("has_calls", &has_calls);
}

}  // namespace syncmanager::python

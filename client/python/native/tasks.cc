#include "client/python/native/tasks.h"

#include <syncmanager/decoder.h>

#include <algorithm>
#include <span>

#include "client/cpp/src/ask.h"
#include "client/python/native/values.h"
#include "protos/pool.pb.h"

namespace syncmanager::python {

Encoded::Encoded(py::handle value, const Session& session) : bytes_(encode(value, session)) {}

py::object Arrived::decode() const {
  Decoder decoder = answer_->decoder(bytes_);
  return syncmanager::python::decode(decoder, session_);
}

py::list tasks_of(Answer& answer, const std::shared_ptr<Session>& session) {
  auto list = result_of<wire::TaskList>(answer);
  const auto shared = std::make_shared<Answer>(std::move(answer));
  py::list tasks;
  for (wire::TaskList::Taken& task : *list.mutable_tasks()) {
    tasks.append(py::make_tuple(task.task(), task.function(),
                                Arrived(shared, std::move(*task.mutable_arguments()), session),
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
      value = py::cast(Arrived(shared, std::move(*result.mutable_value()), session));
    }
    py::list workers;
    for (const std::string& worker : result.workers()) workers.append(py::str(worker));
    results.append(py::make_tuple(result.ticket(), static_cast<int>(result.kind()), value,
                                  result.task(), workers));
  }
  return results;
}

bool has_calls(const py::sequence& items) {
  const py::object fast =
      py::reinterpret_steal<py::object>(PySequence_Fast(items.ptr(), "expected a sequence"));
  if (!fast) throw py::error_already_set();
  const std::span<PyObject*> all(PySequence_Fast_ITEMS(fast.ptr()),
                                 static_cast<size_t>(PySequence_Fast_GET_SIZE(fast.ptr())));
  return std::ranges::any_of(all, [](PyObject* item) {
    return PyTuple_CheckExact(item) || PyDict_CheckExact(item);
  });
}

void bind_tasks(py::module_& module) {
  py::class_<Encoded>(module, "Encoded")
      .def(py::init<const py::object&, const Session&>())
      .def("__len__", [](const Encoded& self) { return self.bytes().size(); });
  py::class_<Arrived>(module, "Arrived").def("decode", &Arrived::decode);
  module.def("has_calls", &has_calls);
}

}  // namespace syncmanager::python

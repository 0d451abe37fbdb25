#include "client/python/native/tasks.h"

#include <syncmanager/decoder.h>

#include <algorithm>
#include <array>
#include <span>

#include "client/cpp/src/ask.h"
#include "client/python/native/values.h"
#include "protos/pool.pb.h"

namespace syncmanager::python {

namespace {

// pybind11's own calls and lists take a tuple and a check more.
py::object call_with(const py::object& function, const py::object& argument) {
  return steal(PyObject_CallOneArg(function.ptr(), argument.ptr()));
}
void append(const py::list& list, const py::object& element) {
  if (PyList_Append(list.ptr(), element.ptr()) != 0) throw py::error_already_set();
}

// In a chunk a tuple or a dict is all the arguments of a call, anything else its only one.
py::object call(const py::object& function, const py::object& arguments) {
  if (PyTuple_CheckExact(arguments.ptr())) return function(*py::tuple(arguments));
  if (!PyDict_CheckExact(arguments.ptr())) return call_with(function, arguments);
  const py::object positional = arguments.attr("pop")("");
  return function(*positional, **py::dict(arguments));
}

}  // namespace

Encoded::Encoded(py::handle value, const Session& session) 
    : bytes_(encode(value, session, &elements_)) {}

py::object Arrived::decode() const {
  Decoder decoder = answer_->decoder(bytes_);
  return syncmanager::python::decode(decoder, session_);
}

bool Arrived::is_chunk() const { return ValueReader(bytes_).kind() == Kind::kList; }

py::list Arrived::call_each(const py::object& function) const {
  Decoder decoder = answer_->decoder(bytes_);
  uint64_t left = decoder.reader().begin(Kind::kList).value();
  py::list results;
  std::array<int64_t, kSeveral> numbers;
  while (left > 0) {
    const size_t most = std::min<uint64_t>(left, numbers.size());
    const size_t count = decoder.reader().integers(std::span(numbers).first(most));
    for (size_t i = 0; i < count; ++i) {
      append(results, call_with(function, steal(PyLong_FromLongLong(numbers[i]))));
    }
    if (count == 0) append(results, call(function, syncmanager::python::decode(decoder, session_)));
    left -= std::max<size_t>(count, 1);
  }
  return results;
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
      .def_property_readonly("elements", &Encoded::elements)
      .def("__len__", [](const Encoded& self) { return self.bytes().size(); });
  py::class_<Arrived>(module, "Arrived")
      .def("decode", &Arrived::decode)
      .def("is_chunk", &Arrived::is_chunk)
      .def("call_each", &Arrived::call_each);
  module.def("has_calls", &has_calls);
}

}  // namespace syncmanager::python

#pragma once

#include <pybind11/pybind11.h>

#include <exception>

namespace syncmanager::python {

namespace py = pybind11;

// For py::custom_type_setup: makes instances of the class callable by `function`, without the
// tuples and the look-ups of pybind11's own way, which are a twentieth of a call of the manager.
// REQUIRES: pybind11 keeps what it has of an instance in a py::detail::instance.
template <vectorcallfunc function>
void call_by_vector(PyHeapTypeObject* heap_type) {
  PyTypeObject& type = heap_type->ht_type;
  static const Py_ssize_t offset = type.tp_basicsize;
  type.tp_basicsize += static_cast<Py_ssize_t>(sizeof(vectorcallfunc));
  type.tp_vectorcall_offset = offset;
  type.tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
  type.tp_call = PyVectorcall_Call;
  type.tp_alloc = [](PyTypeObject* of, Py_ssize_t items) {
    PyObject* const made = PyType_GenericAlloc(of, items);
    if (made != nullptr) {
      *reinterpret_cast<vectorcallfunc*>(reinterpret_cast<char*>(made) + offset) = function;
    }
    return made;
  };
}

// Returns what `act` returns, as a C function of CPython: null with an error set if it throws.
template <class Act>
PyObject* or_error(Act act) {
  try {
    py::object result = act();
    return result.release().ptr();
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (...) {
    py::detail::apply_exception_translators(
        py::detail::get_internals().registered_exception_translators);
  }
  return nullptr;
}

}  // namespace syncmanager::python

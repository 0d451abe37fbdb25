#include "client/python/native/convert.h"

namespace syncmanager::python {
namespace {

// A number's integer. Throws TypeError for anything else.
Object index_of(Handle value) { return steal(PyNumber_Index(value.get())); }

}  // namespace

std::string_view text_of(Handle value) {
  if (PyUnicode_Check(value.get()) == 0) {
    raise(PyExc_TypeError, "a str is required, not " + type_name(value));
  }
  Py_ssize_t size = 0;
  const char* const text = PyUnicode_AsUTF8AndSize(value.get(), &size);
  if (text == nullptr) throw PythonError();
  return {text, static_cast<size_t>(size)};
}

int64_t integer_of(Handle value) {
  const Py_ssize_t number = PyLong_AsSsize_t(index_of(value).get());
  if (number == -1 && PyErr_Occurred() != nullptr) throw PythonError();
  return number;
}

uint64_t unsigned_of(Handle value) {
  const size_t number = PyLong_AsSize_t(index_of(value).get());
  if (number == static_cast<size_t>(-1) && PyErr_Occurred() != nullptr) throw PythonError();
  return number;
}

double real_of(Handle value) {
  const double number = PyFloat_AsDouble(value.get());
  if (number == -1 && PyErr_Occurred() != nullptr) throw PythonError();
  return number;
}

}  // namespace syncmanager::python

#include "client/python/native/object.h"

#include "client/python/native/convert.h"

namespace syncmanager::python {

Object Handle::attr(const char* name) const { return steal(PyObject_GetAttrString(object_, name)); }

PythonError::PythonError() {
  PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  type_ = Object::take(type);
  value_ = Object::take(value);
  traceback_ = Object::take(traceback);
}

void PythonError::restore() {
  PyErr_Restore(type_.release(), value_.release(), traceback_.release());
}

bool PythonError::matches(Handle type) const {
  return PyErr_GivenExceptionMatches(type_.get(), type.get()) != 0;
}

void raise(Handle type, const std::string& text) {
  PyErr_SetObject(type.get(), to_python(text).get());
  throw PythonError();
}

Object import(const char* name) { return steal(PyImport_ImportModule(name)); }

std::string name_of(PyTypeObject* type) {
  return from_python<std::string>(Handle(reinterpret_cast<PyObject*>(type)).attr("__name__"));
}

}  // namespace syncmanager::python

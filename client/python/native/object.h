#pragma once

#include "client/python/native/c_api.h"

#include <exception>
#include <span>
#include <string>
#include <utility>

namespace syncmanager::python {

class Object;

// A Python object that somebody else keeps, or null. All of this needs the GIL.
class Handle {
 public:
  Handle() = default;
  Handle(PyObject* object) : object_(object) {}

  PyObject* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  bool is_none() const { return object_ == Py_None; }
  // Throws PythonError if the object has no such attribute.
  Object attr(const char* name) const;
  // Calls the object, with anything that to_python() (convert.h) takes. Throws what that raises.
  template <class... Arguments>
  Object operator()(const Arguments&... arguments) const;

 protected:
  PyObject* object_ = nullptr;
};

// A reference of its own to a Python object, or null.
class Object : public Handle {
 public:
  Object() = default;
  explicit Object(Handle object) : Handle(object) { Py_XINCREF(object_); }
  Object(const Object& other) : Object(static_cast<Handle>(other)) {}
  Object(Object&& other) noexcept : Handle(other.release()) {}
  Object& operator=(Object other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Object() { Py_XDECREF(object_); }

  // Takes a new reference over, or null.
  static Object take(PyObject* reference) {
    Object object;
    object.object_ = reference;
    return object;
  }
  // Hands the reference over.
  PyObject* release() { return std::exchange(object_, nullptr); }
};

// A Python error that was set, as long as C++ unwinds.
class PythonError : public std::exception {
 public:
  // Takes the error that is set. REQUIRES: there is one.
  PythonError();
  const char* what() const noexcept override { return "a Python error"; }
  // Sets the error again.
  void restore();
  // Whether the error is of that class.
  bool matches(Handle type) const;

 private:
  Object type_, value_, traceback_;
};

// Takes a new reference over. Throws the error that is set if it is null.
inline Object steal(PyObject* reference) {
  if (reference == nullptr) throw PythonError();
  return Object::take(reference);
}

// Throws the error that is set if a C function of Python has returned -1 for it. Returns the
// status.
inline int check(int status) {
  if (status < 0) throw PythonError();
  return status;
}

// Throws an error of that class with that text.
[[noreturn]] void raise(Handle type, const std::string& text);

// The module of that name. Throws what importing it raises.
Object import(const char* name);
// The name of the class, without that of its module.
std::string name_of(PyTypeObject* type);
inline std::string type_name(Handle object) { return name_of(Py_TYPE(object.get())); }

// Arguments of a call, borrowed from the caller. As a function's last parameter (function.h): all
// the others.
using Arguments = std::span<PyObject* const>;

// Calls visit(Handle) with each element. Throws what the iteration raises.
template <class Visit>
void for_each(Handle iterable, Visit&& visit) {
  const Object iterator = steal(PyObject_GetIter(iterable.get()));
  while (const Object element = Object::take(PyIter_Next(iterator.get()))) visit(element);
  if (PyErr_Occurred() != nullptr) throw PythonError();
}

}  // namespace syncmanager::python

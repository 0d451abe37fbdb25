#pragma once

#include <memory>
#include <utility>

#include "client/python/native/convert.h"

namespace syncmanager::python {

// The class that Python has for the C++ class T: each of its objects has a T. It is made once in
// the process (class.h).
template <class T>
inline PyTypeObject* type_of = nullptr;

// The function that a call of such an object is. Null: they can't be called.
template <class T>
inline Vectorcall call_of = nullptr;

// How an object begins. Its T comes next.
struct ObjectHead {
  PyObject head;
  PyObject* weak_references;
  Vectorcall call;
};

// The T of an object. REQUIRES: it has one.
template <class T>
T& value_in(Handle object) {
  static_assert(sizeof(ObjectHead) % alignof(T) == 0);
  return *reinterpret_cast<T*>(reinterpret_cast<ObjectHead*>(object.get()) + 1);
}

// The T of an object; null if it is of another class.
template <class T>
T* value_if(Handle object) {
  return Py_TYPE(object.get()) == type_of<T> ? &value_in<T>(object) : nullptr;
}

[[noreturn]] void raise_wrong_class(PyTypeObject* required, Handle object);

template <class T>
struct Conversion {
  static T& of(Handle object) {
    T* const value = value_if<T>(object);
    if (value == nullptr) raise_wrong_class(type_of<T>, object);
    return *value;
  }
};

// A reference of its own to an object that has a T.
template <class T>
class ObjectOf : public Object {
 public:
  // Throws TypeError if the object is of another class.
  explicit ObjectOf(Object object) : Object(std::move(object)) { from_python<T>(object_); }
  // Takes a new reference over. REQUIRES: the object is of the class.
  static ObjectOf take(PyObject* reference) {
    ObjectOf object;
    object.object_ = reference;
    return object;
  }

  T& operator*() const { return value_in<T>(object_); }
  T* operator->() const { return &value_in<T>(object_); }

 private:
  ObjectOf() = default;
};

template <class T>
struct Conversion<ObjectOf<T>> {
  static ObjectOf<T> of(Handle object) { return ObjectOf<T>(Object(object)); }
};

// The object that has this T. REQUIRES: there is one.
template <class T>
ObjectOf<T> object_of(const T& value) {
  auto* const head = reinterpret_cast<ObjectHead*>(const_cast<T*>(&value)) - 1;
  return ObjectOf<T>(Object(reinterpret_cast<PyObject*>(head)));
}

// Frees the memory of an object that has no T, or none any more.
struct FreeObject {
  void operator()(PyObject* object) const;
};
using Memory = std::unique_ptr<PyObject, FreeObject>;

// Memory for an object of that class.
Memory allocate(PyTypeObject* type, Vectorcall call);

// An object with the T that `factory` returns.
template <class T, class Factory>
ObjectOf<T> make_by(Factory&& factory) {
  Memory memory = allocate(type_of<T>, call_of<T>);
  ::new (static_cast<void*>(&value_in<T>(memory.get()))) T(factory());
  return ObjectOf<T>::take(memory.release());
}
// An object with the T of these arguments of its constructor.
template <class T, class... Arguments>
ObjectOf<T> make(Arguments&&... arguments) {
  return make_by<T>([&] { return T(std::forward<Arguments>(arguments)...); });
}

// Takes the weak references from an object that ends.
void clear_weak_references(PyObject* object);

// Keeps the Python error that is set, if there is one, from what happens while it lives.
class KeptError {
 public:
  KeptError() { PyErr_Fetch(&type_, &value_, &traceback_); }
  ~KeptError() { PyErr_Restore(type_, value_, traceback_); }
  KeptError(const KeptError&) = delete;
  KeptError& operator=(const KeptError&) = delete;

 private:
  PyObject *type_ = nullptr, *value_ = nullptr, *traceback_ = nullptr;
};

// The end of an object that has a T.
template <class T>
void destroy(PyObject* object) {
  const Memory memory(object);
  clear_weak_references(object);
  const KeptError kept;
  std::destroy_at(&value_in<T>(object));
}

}  // namespace syncmanager::python

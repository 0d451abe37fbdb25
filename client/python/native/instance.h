#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "client/python/native/convert.h"

namespace syncmanager::python {

// A C++ object that Python's object has a share in, and doesn't contain. C++ may keep it longer.
// Python has one object for it at a time.
struct Shared {
  PyObject* object = nullptr;  // That one; null: there is none.
};
template <class T>
constexpr bool is_shared = std::is_base_of_v<Shared, T>;

// The class that Python has for the C++ class T: each of its objects has a T. It is made once in
// the process (class.h).
template <class T>
inline PyTypeObject* type_of = nullptr;

// The function that a call of such an object is. Null: they can't be called.
template <class T>
inline Vectorcall call_of = nullptr;

// How an object begins. Its T, or its share in one, comes next.
struct ObjectHead {
  PyObject head;
  PyObject* weak_references;
  Vectorcall call;
};

// The memory behind the head.
template <class T>
using Content = std::conditional_t<is_shared<T>, std::shared_ptr<T>, T>;
template <class T>
constexpr size_t size_of_object = sizeof(ObjectHead) + sizeof(Content<T>);

template <class T>
Content<T>& content_of(Handle object) {
  static_assert(sizeof(ObjectHead) % alignof(Content<T>) == 0);
  return *reinterpret_cast<Content<T>*>(reinterpret_cast<ObjectHead*>(object.get()) + 1);
}

// The T of an object. REQUIRES: it has one.
template <class T>
T& value_in(Handle object) {
  if constexpr (is_shared<T>) {
    return *content_of<T>(object);
  } else {
    return content_of<T>(object);
  }
}

// The T of an object; null if it is of another class.
template <class T>
T* value_if(Handle object) {
  return Py_TYPE(object.get()) == type_of<T> ? &value_in<T>(object) : nullptr;
}

// Throws TypeError.
[[noreturn]] void raise_wrong_class(PyTypeObject* required, Handle object);

template <class T>
struct Conversion {
  static T& of(Handle object) {
    T* const value = value_if<T>(object);
    if (value == nullptr) raise_wrong_class(type_of<T>, object);
    return *value;
  }
};
template <class T>
struct Conversion<std::shared_ptr<T>> {
  static std::shared_ptr<T>& of(Handle object) {
    from_python<T>(object);
    return content_of<T>(object);
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

// The object that contains this T. REQUIRES: there is one.
template <class T>
ObjectOf<T> object_of(const T& value) {
  static_assert(!is_shared<T>);
  auto* const head = reinterpret_cast<ObjectHead*>(const_cast<T*>(&value)) - 1;
  return ObjectOf<T>(Object(reinterpret_cast<PyObject*>(head)));
}

}  // namespace syncmanager::python

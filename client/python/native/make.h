#pragma once

#include <concepts>
#include <memory>
#include <utility>

#include "client/python/native/instance.h"

// How objects of our classes begin and end.
namespace syncmanager::python {

// Frees the memory of an object that has no T, or none any more.
struct FreeObject {
  void operator()(PyObject* object) const;
};
using Memory = std::unique_ptr<PyObject, FreeObject>;

// Memory for an object of that class.
Memory allocate(PyTypeObject* type, Vectorcall call);

// An object with the T that `factory` returns, or its share in the one that it does.
template <class T, class Factory>
ObjectOf<T> make_by(Factory&& factory) {
  Memory memory = allocate(type_of<T>, call_of<T>);
  ::new (static_cast<void*>(&content_of<T>(memory.get()))) Content<T>(factory());
  if constexpr (is_shared<T>) content_of<T>(memory.get())->object = memory.get();
  return ObjectOf<T>::take(memory.release());
}
// An object with the T of these arguments of its constructor.
template <class T, class... Arguments>
ObjectOf<T> make(Arguments&&... arguments) {
  return make_by<T>([&] { return T(std::forward<Arguments>(arguments)...); });
}

// The object that has a share in this T. It is made if there is none.
template <std::derived_from<Shared> T>
Object to_python(const std::shared_ptr<T>& value) {
  if (value->object != nullptr) return Object(value->object);
  return make_by<T>([&] { return value; });
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
  if constexpr (is_shared<T>) content_of<T>(object)->object = nullptr;
  clear_weak_references(object);
  const KeptError kept;
  std::destroy_at(&content_of<T>(object));
}

}  // namespace syncmanager::python

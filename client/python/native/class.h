#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "client/python/native/function.h"
#include "client/python/native/make.h"

namespace syncmanager::python {

// A C function with other parameters than PyCFunction's, as a table of methods has it.
template <class Call>
PyMethodDef method_of(const char* name, Call* call, int flags) {
  const auto any = reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(call));
  return {name, any, flags, nullptr};
}

// A function of a module, which Python calls by position.
template <auto function>
PyMethodDef function_of(const char* name) {
  return method_of(name, &Function<function, false>::call, kFastcall);
}

// A class's parts that don't depend on its T.
struct ClassParts {
  const char* name;  // With that of the module. A literal.
  std::vector<PyMethodDef> methods;
  std::vector<PyGetSetDef> properties;
  std::vector<PyType_Slot> slots;
  std::vector<std::pair<const char*, double>> constants;
};

// A class whose objects have `size` bytes. They begin with an ObjectHead. Never destroyed.
PyTypeObject* make_class(ClassParts parts, size_t size, bool callable);
// Sets the attribute of the module that is named as the class.
void add_class(Handle module, PyTypeObject* type);
// The `__new__` of a class whose objects only C++ makes: it raises TypeError.
PyObject* refuse_new(PyTypeObject* type, PyObject* tuple, PyObject* keywords);

// Makes the class for T, whose parts are named in a row, with add_to() at the end. Nothing inherits
// from it. Functions are C++'s, by their addresses or as lambdas; their parameters and results are
// converted, and what they throw is raised (errors.h).
template <class T>
class Class {
 public:
  explicit Class(const char* name) : parts_{.name = name} {}

  // `T factory(...)`, of shared ones `std::shared_ptr<T> factory(...)`, makes the objects that
  // Python asks for. Without one Python can't make any.
  template <auto factory>
  Class& constructor(const char* format, std::vector<const char*> names = {}) {
    set_names<Function<factory, false>>(format, std::move(names));
    return constructor(&make_new<factory>);
  }
  Class& constructor(newfunc make) {
    new_ = make;
    return *this;
  }
  template <auto function>
  Class& method(const char* name) {
    return add(method_of(name, &Function<function, true>::call, kFastcall));
  }
  // One that can be called with the names of its parameters: see Function::format.
  template <auto function>
  Class& method(const char* name, const char* format, std::vector<const char*> names) {
    using Named = Function<function, true>;
    set_names<Named>(format, std::move(names));
    return add(method_of(name, &Named::call_named, METH_VARARGS | METH_KEYWORDS));
  }
  template <auto function>
  Class& static_method(const char* name) {
    return add(method_of(name, &Function<function, false>::call, kFastcall | METH_STATIC));
  }
  // An attribute that is read only.
  template <auto function>
  Class& property(const char* name) {
    parts_.properties.push_back({name, &get<function>, nullptr, nullptr, nullptr});
    return *this;
  }
  // Python's `len()` of the objects.
  Class& length(lenfunc function) {
    parts_.slots.push_back({Py_sq_length, reinterpret_cast<void*>(function)});
    return *this;
  }
  Class& constant(const char* name, double value) {
    parts_.constants.emplace_back(name, value);
    return *this;
  }
  // Makes the objects callable.
  Class& call(Vectorcall function) {
    call_of<T> = function;
    return *this;
  }

  // The module has the class then.
  void add_to(Handle module) {
    if (type_of<T> == nullptr) {
      parts_.slots.push_back({Py_tp_new, reinterpret_cast<void*>(new_)});
      parts_.slots.push_back({Py_tp_dealloc, reinterpret_cast<void*>(&destroy<T>)});
      type_of<T> = make_class(std::move(parts_), size_of_object<T>, call_of<T> != nullptr);
    }
    add_class(module, type_of<T>);
  }

 private:
  template <class Named>
  static void set_names(const char* format, std::vector<const char*> names) {
    Named::format = format;
    Named::names = std::move(names);
    Named::names.push_back(nullptr);
  }

  template <auto factory>
  static PyObject* make_new(PyTypeObject* /*type*/, PyObject* tuple, PyObject* keywords) {
    return or_error([&] {
      return Function<factory, false>::parse(nullptr, tuple, keywords, [](auto&&... values) {
        return make_by<T>([&] { return factory(std::forward<decltype(values)>(values)...); });
      });
    });
  }

  template <auto function>
  static PyObject* get(PyObject* self, void* /*closure*/) {
    return Function<function, true>::call(self, nullptr, 0);
  }

  Class& add(const PyMethodDef& method) {
    parts_.methods.push_back(method);
    return *this;
  }

  ClassParts parts_;
  newfunc new_ = &refuse_new;
};

}  // namespace syncmanager::python

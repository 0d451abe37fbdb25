#include "client/python/native/class.h"

namespace syncmanager::python {
namespace {

// Where CPython finds what an ObjectHead has.
PyMemberDef head_members[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(ObjectHead, weak_references), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};
PyMemberDef callable_members[] = {
    head_members[0],
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(ObjectHead, call), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

}  // namespace

PyTypeObject* make_class(ClassParts parts, size_t size, bool callable) {
  // The class points to its methods and properties.
  auto& kept = *new ClassParts(std::move(parts));
  kept.methods.push_back({nullptr, nullptr, 0, nullptr});
  kept.properties.push_back({nullptr, nullptr, nullptr, nullptr, nullptr});
  kept.slots.push_back({Py_tp_methods, kept.methods.data()});
  kept.slots.push_back({Py_tp_getset, kept.properties.data()});
  kept.slots.push_back({Py_tp_members, callable ? callable_members : head_members});
  if (callable) kept.slots.push_back({Py_tp_call, reinterpret_cast<void*>(&PyVectorcall_Call)});
  kept.slots.push_back({0, nullptr});
  PyType_Spec spec{.name = kept.name,
                   .basicsize = static_cast<int>(size),
                   .itemsize = 0,
                   .flags = Py_TPFLAGS_DEFAULT | (callable ? kHasVectorcall : 0),
                   .slots = kept.slots.data()};
  Object made = steal(PyType_FromSpec(&spec));
  for (const auto& [name, value] : kept.constants) {
    check(PyObject_SetAttrString(made.get(), name, to_python(value).get()));
  }
  return reinterpret_cast<PyTypeObject*>(made.release());
}

void add_class(Handle module, PyTypeObject* type) {
  PyObject* const object = reinterpret_cast<PyObject*>(type);
  check(PyObject_SetAttrString(module.get(), name_of(type).c_str(), object));
}

PyObject* refuse_new(PyTypeObject* type, PyObject* /*tuple*/, PyObject* /*keywords*/) {
  return or_error([&]() -> Handle {
    raise(PyExc_TypeError, "cannot create '" + name_of(type) + "' instances");
  });
}

void raise_wrong_class(PyTypeObject* required, Handle object) {
  raise(PyExc_TypeError, name_of(required) + " is required, not " + type_name(object));
}

Memory allocate(PyTypeObject* type, Vectorcall call) {
  Memory memory(steal(PyType_GenericAlloc(type, 0)).release());
  reinterpret_cast<ObjectHead*>(memory.get())->call = call;
  return memory;
}

void FreeObject::operator()(PyObject* object) const {
  PyTypeObject* const type = Py_TYPE(object);
  PyObject_Free(object);
  Py_DECREF(type);  // Each object has a reference to its class.
}

void clear_weak_references(PyObject* object) {
  if (reinterpret_cast<ObjectHead*>(object)->weak_references != nullptr) {
    PyObject_ClearWeakRefs(object);
  }
}

}  // namespace syncmanager::python

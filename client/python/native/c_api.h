#pragma once

// CPython's C API, as the sources of this module use it: the limited API of 3.9, so that one binary
// serves every CPython from 3.9 on, or that of one version (CMake's SYNCMANAGER_LIMITED_API=OFF).
#include <Python.h>
#include <structmember.h>

#include <cstddef>
#include <cstdint>

#if defined(Py_LIMITED_API) && Py_LIMITED_API < 0x030b0000
// In the limited API of 3.11 and later. Its layout is that of every CPython 3.
struct Py_buffer {
  void* buf;
  PyObject* obj;
  Py_ssize_t len, itemsize;
  int readonly, ndim;
  char* format;
  Py_ssize_t *shape, *strides, *suboffsets;
  void* internal;
};
#endif

extern "C" {
// Not in the limited API of 3.9. Every CPython from 3.9 on exports these with these signatures:
// tests/python/test_stable_abi.py has since when, and when that was checked.
PyAPI_FUNC(int) PyObject_GetBuffer(PyObject* exporter, Py_buffer* buffer, int flags);
PyAPI_FUNC(void) PyBuffer_Release(Py_buffer* buffer);
PyAPI_FUNC(const char*) PyUnicode_AsUTF8AndSize(PyObject* text, Py_ssize_t* size);
PyAPI_FUNC(PyObject*) PyVectorcall_Call(PyObject* callable, PyObject* tuple, PyObject* dict);
PyAPI_FUNC(PyObject*) PyObject_VectorcallDict(PyObject* callable, PyObject* const* arguments,
                                              size_t count, PyObject* keywords);

// Some versions have these, others don't, so they are null where they are missing.
PyAPI_FUNC(int) Py_IsFinalizing() __attribute__((weak));     // From 3.13 on.
PyAPI_FUNC(int) _Py_IsFinalizing() __attribute__((weak));    // Until 3.12.
PyAPI_FUNC(int) _PyOS_IsMainThread() __attribute__((weak));  // A private function, in all so far.
}

namespace syncmanager::python {

// The names of these constants are missing in the limited API of 3.9.
inline constexpr int kSimpleBuffer = 0;        // PyBUF_SIMPLE
inline constexpr int kReadOnlyMemory = 0x100;  // PyBUF_READ
inline constexpr unsigned int kHasVectorcall = 1U << 11U;
inline constexpr int kFastcall = 0x0080;  // METH_FASTCALL, the same since 3.7
// Or'ed to the number of arguments: the callee may write to the place before the first.
inline constexpr size_t kArgumentsOffset = ~(SIZE_MAX >> 1U);

// A C function that is called as `callable(*arguments, **keywords)`. The first `count` arguments,
// without the flag above, are positional. `keywords` are the names of the others, or null.
using Vectorcall = PyObject* (*)(PyObject* callable, PyObject* const* arguments, size_t count,
                                 PyObject* keywords);

// Whether the interpreter ends, so that no other thread may ask for the GIL any more.
inline bool interpreter_ends() {
  return (Py_IsFinalizing != nullptr ? Py_IsFinalizing() : _Py_IsFinalizing()) != 0;
}

}  // namespace syncmanager::python

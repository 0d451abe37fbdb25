#pragma once

#include <pybind11/pybind11.h>
#include <syncmanager/answer.h>

namespace syncmanager::python {

namespace py = pybind11;

// Raises what CPython raises for such an answer, with its words; KeyError with `key`
// unless that is null. REQUIRES: it failed. Needs the GIL.
[[noreturn]] void raise(const Answer& answer, const py::object& key);

// From then on the C++ client's errors are Python's, of the module `syncmanager.errors`.
void translate_errors();

}  // namespace syncmanager::python

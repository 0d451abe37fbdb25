#pragma once

#include <pybind11/pybind11.h>

namespace syncmanager::python {

// ManagerProcess: a syncmanagerd of one's own, as the C++ client's OwnManager.
void bind_managers(pybind11::module_& module);

}  // namespace syncmanager::python

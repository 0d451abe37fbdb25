#include "client/python/native/manager.h"
#include "client/python/native/without_gil.h"

#include <pybind11/stl.h>
#include <syncmanager/own_manager.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace syncmanager::python {

namespace py = pybind11;

void bind_managers(py::module_& module) {
  py::class_<OwnManager>(module, "OwnManager")
      .def(py::init([](const std::string& program, const std::vector<std::string>& listen,
                       const std::string& key, const std::vector<std::string>& flags) {
             const WithoutGil waiting;
             return std::make_unique<OwnManager>(OwnManager::Options{
                 .program = program, .listen = listen, .key = key, .flags = flags});
           }),
           py::kw_only(), py::arg("program"), py::arg("listen"), py::arg("key"), py::arg("flags"))
      .def_property_readonly("addresses", &OwnManager::addresses)
      .def_property_readonly("key_file", &OwnManager::key_file)
      .def_property_readonly("pid", &OwnManager::pid)
      .def(
          "stop",
          [](OwnManager& manager, std::optional<double> patience) {
            const WithoutGil waiting;
            manager.stop(patience ? std::optional(std::chrono::ceil<std::chrono::milliseconds>(
                                        std::chrono::duration<double>(*patience)))
                                  : std::nullopt);
          },
          py::arg("patience"));
}

}  // namespace syncmanager::python

#include "client/python/native/manager.h"

#include <syncmanager/own_manager.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "client/python/native/class.h"
#include "client/python/native/without_gil.h"

namespace syncmanager::python {
namespace {

OwnManager start(const std::string& program, const std::vector<std::string>& listen,
                 const std::string& key, const std::vector<std::string>& flags) {
  const WithoutGil waiting;
  return OwnManager({.program = program, .listen = listen, .key = key, .flags = flags});
}

void stop(OwnManager& manager, std::optional<double> patience) {
  const WithoutGil waiting;
  manager.stop(patience ? std::optional(std::chrono::ceil<std::chrono::milliseconds>(
                              std::chrono::duration<double>(*patience)))
                        : std::nullopt);
}

}  // namespace

void bind_managers(Handle module) {
  Class<OwnManager>("syncmanager._native.OwnManager")
      .constructor<&start>("$OOOO:OwnManager", {"program", "listen", "key", "flags"})
      .property<&OwnManager::addresses>("addresses")
      .property<&OwnManager::key_file>("key_file")
      .property<&OwnManager::pid>("pid")
      .method<&stop>("stop", "O:stop", {"patience"})
      .add_to(module);
}

}  // namespace syncmanager::python

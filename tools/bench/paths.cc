#include "tools/bench/paths.h"

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

#include "protos/auth/key_file.h"

namespace syncmanager::bench {
namespace {

// Relative to the folder of this program.
struct Layout {
  const char* manager;
  const char* python_programs;
  const char* python_package;
};
constexpr Layout kBuildTree{"../../manager/syncmanagerd", ".", "../../python"};
constexpr Layout kInstalledTree{"syncmanagerd", SYNCMANAGER_BENCH_PROGRAMS,
                                SYNCMANAGER_BENCH_PACKAGE};

}  // namespace

Paths Paths::find() {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  const auto beside = [&](const char* relative) {
    return std::filesystem::weakly_canonical(self.parent_path() / relative).string();
  };
  const bool is_built = std::filesystem::exists(beside("cpython_peer.py"));
  const Layout& layout = is_built ? kBuildTree : kInstalledTree;

  Paths paths;
  paths.bench = self;
  paths.manager = beside(layout.manager);
  paths.python_programs = beside(layout.python_programs);
  paths.python_package = beside(layout.python_package);
  std::string folder = std::filesystem::temp_directory_path() / "syncmanager-bench-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no folder for the sockets");
  paths.run_folder = folder;
  paths.key_file = folder + "/key";
  if (const absl::Status made = generate_key_file(paths.key_file, "bench"); !made.ok()) {
    throw std::runtime_error(made.ToString());
  }
  return paths;
}

}  // namespace syncmanager::bench

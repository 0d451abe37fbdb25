#include "syncmanager/own_manager.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "client/cpp/src/process/manager_process.h"

namespace syncmanager {
namespace {

namespace fs = std::filesystem;

std::string find_program(const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  if (const char* named = std::getenv("SYNCMANAGER_DAEMON")) return named;
  std::error_code ignored;
  for (fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
       !folder.empty() && folder != folder.root_path(); folder = folder.parent_path()) {
    for (const char* place : {"manager", "bin", "sbin"}) {
      const fs::path program = folder / place / "syncmanagerd";
      if (::access(program.c_str(), X_OK) == 0) return program;
    }
  }
  return "syncmanagerd";
}

// Nobody reads its log; what goes wrong is said all the same.
std::vector<std::string> quiet(const std::vector<std::string>& flags) {
  std::vector<std::string> all = {"--log-level=warn"};
  all.insert(all.end(), flags.begin(), flags.end());
  return all;
}

}  // namespace

OwnManager::OwnManager(const Options& options)
    : manager_(std::make_unique<ManagerProcess>(
          ManagerProcess::Options{.program = find_program(options.program),
                                  .key_id = "own",
                                  .key = options.key,
                                  .listen = options.listen,
                                  .flags = quiet(options.flags),
                                  .is_owned = true})) {}

OwnManager::~OwnManager() = default;

const std::vector<std::string>& OwnManager::addresses() const { return manager_->addresses(); }
std::string OwnManager::key_file() const { return manager_->key_file(); }
pid_t OwnManager::pid() const { return manager_->pid(); }

void OwnManager::share_with_children() const {
  ::setenv("SYNCMANAGER_URL", address().c_str(), 1);
  ::setenv("SYNCMANAGER_AUTHKEY_FILE", key_file().c_str(), 1);
}

void OwnManager::stop(std::optional<std::chrono::milliseconds> patience) {
  manager_->end(patience);
}

}  // namespace syncmanager

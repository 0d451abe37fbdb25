#include "manager/owner.h"

#include <unistd.h>

#include <fstream>
#include <string>
#include <utility>

#include "protos/support/str_cat.h"

namespace syncmanager::manager {

Owner::Owner(std::string directory)
    : directory_(std::move(directory)), process_(directory_.empty() ? 0 : ::getppid()) {}

// The state follows the program's name, which stands in brackets and may have any character.
bool Owner::is_stopped() const {
  if (process_ == 0) return false;
  std::string status;
  std::getline(std::ifstream(str_cat("/proc/", process_, "/stat")), status);
  const size_t state = status.rfind(')') + 2;
  return state < status.size() && (status[state] == 'T' || status[state] == 't');
}

void Owner::remove_directory() const {
  if (directory_.empty()) return;
  ::unlink((directory_ + "/key").c_str());
  ::rmdir(directory_.c_str());
}

}  // namespace syncmanager::manager

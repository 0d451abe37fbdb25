#pragma once

#include <syncmanager/client.h>

#include <string>

namespace syncmanager {

// What every command may be told.
struct Common {
  std::string url;       // Empty: $SYNCMANAGER_URL, else this user's manager.
  std::string key_file;  // Empty: as Client finds it.
  bool json = false;     // For programs: one JSON value on standard output.
};

Client connect(const Common& common);
// Says on standard error what one must expect, and returns the exit code for it.
int complain(const std::string& what);

}  // namespace syncmanager

#pragma once

#include <syncmanager/client.h>
#include <syncmanager/error.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace syncmanager {

// The flags that every command has.
struct Common {
  std::string url;       // Empty: $SYNCMANAGER_URL, else this user's manager.
  std::string key_file;  // Empty: as Client finds it.
  bool json = false;     // For programs: JSON on standard output.
};

// Connects to the manager. `patience`: for how long it tries while no manager listens there.
Client connect(const Common& common, std::chrono::milliseconds patience = std::chrono::seconds(1),
               std::function<void()> on_session_lost = nullptr);

// Prints a line on standard error. Control characters are escaped.
void report(const std::string& what);
// Reports an expected outcome, and returns the exit code for it.
int complain(const std::string& what);
// Reports that no object has the name, and returns the exit code for it.
int complain_of_none(const std::string& name);

}  // namespace syncmanager

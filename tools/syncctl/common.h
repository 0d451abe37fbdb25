#pragma once

#include <syncmanager/client.h>
#include <syncmanager/error.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace syncmanager {

// The flags that every command has.
struct Common {
  std::string url;       // Empty: $SYNCMANAGER_URL, else this user's manager.
  std::string key_file;  // Empty: as Client finds it.
  bool json = false;     // For programs: one JSON value on standard output.
};

Client connect(const Common& common, std::function<void()> on_session_lost = nullptr);
// The type of the object of that name; empty if there is none.
std::string type_of(const Client& client, const std::string& name);
// The object of that name. Throws NoSuchObject if it has ended since its type was asked for.
template <class P>
P found(const Client& client, const std::string& name) {
  if (std::optional<P> object = client.find<P>(name)) return *std::move(object);
  throw NoSuchObject("\"" + name + "\" has ended");
}
// Returns the timeout of a call for `timeout` seconds; empty: for ever.
std::chrono::duration<double> wait_of(const std::optional<double>& timeout);
// Prints a line on standard error. Control characters are escaped.
void report(const std::string& what);
// Reports an expected outcome, and returns the exit code for it.
int complain(const std::string& what);
int complain_of_none(const std::string& name);  // That no object has the name.

}  // namespace syncmanager

#pragma once

#include <syncmanager/client.h>
#include <syncmanager/error.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "tools/syncctl/common.h"

namespace syncmanager {

// The object that a command is about, and how long the command waits for it.
struct Target {
  std::string name;
  // For the object and for what it is asked; nothing: for ever.
  std::optional<std::chrono::microseconds> timeout;
  bool wait = false;  // Until the manager and the object are there.
};

// When a command stops waiting.
class Deadline {
 public:
  explicit Deadline(std::optional<std::chrono::microseconds> timeout);
  // Returns the time that is left; infinity if it waits for ever.
  std::chrono::duration<double> left() const;

 private:
  std::optional<std::chrono::steady_clock::time_point> point_;
};

// Connects to the manager. If the target says so, it waits until a manager listens there.
Client connect_for(const Common& common, const Target& target, const Deadline& deadline,
                   std::function<void()> on_session_lost = nullptr);

// Returns the type of the target's object; empty if there is none. If the target says so, it waits
// for the object until the deadline: it asks the manager ten times a second.
std::string type_of(const Client& client, const Target& target, const Deadline& deadline);

// Throws WrongType, which says that `command` is for `expected`, if the type is another one.
void require_type(const std::string& name, const std::string& type, const std::string& expected,
                  const std::string& command);

// Returns the object of that name. Throws NoSuchObject if it has ended since its type was asked
// for.
template <class P>
P found(const Client& client, const std::string& name) {
  if (std::optional<P> object = client.find<P>(name)) return *std::move(object);
  throw NoSuchObject("\"" + name + "\" has ended");
}

}  // namespace syncmanager

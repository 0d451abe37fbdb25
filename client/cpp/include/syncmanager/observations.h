#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace syncmanager {

// A summary of one object, for people and for tests.
struct ObjectSummary {
  uint64_t id = 0;
  std::string type;
  std::string name;
  uint64_t size = 0;    // Items, entries, permits: what its type counts.
  uint64_t bytes = 0;   // Charged to it.
  uint64_t parked = 0;  // Calls that wait on it.
};
struct CallerState {
  uint64_t session = 0;
  uint64_t caller = 0;
  std::string client;                 // The name the client gave itself.
  std::chrono::microseconds since{};  // How long it has held or waited.
  uint64_t fencing = 0;               // A holder's fencing number, if there is one.
  uint64_t count = 0;                 // Depth or permits.
  bool left_behind = false;           // Its session said goodbye and left this held.
  std::string what;                   // A waiter's operation.
};
struct ObjectState {
  ObjectSummary summary;
  uint64_t references = 0;
  std::vector<CallerState> holders;
  std::vector<CallerState> waiters;
  std::string detail;
};
struct Statistics {
  uint64_t objects = 0, sessions = 0, parked = 0, bytes = 0, bytes_limit = 0;
  uint64_t operations = 0;  // Performed since the manager's start.
  std::chrono::microseconds uptime{};
  std::string server_id, version;
  uint64_t lost_sessions = 0;  // Of the sessions: those without a connection, which may resume.
};

}  // namespace syncmanager

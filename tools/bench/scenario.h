#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tools/bench/sample.h"
#include "tools/bench/server.h"

namespace syncmanager::bench {

// What is done to a server, by client processes. A scenario's figures are those of the comments.
struct Scenario {
  enum class Kind {
    // Dict set and get in turn, maybe beside a client that puts and takes a large value. ops (a
    // second), server_us and client_us (CPU for an operation); with one in flight p50_us and
    // p99_us.
    kLoad,
    kHandOver,      // From a put to the blocked get of another process: p50_us, p99_us.
    kConnect,       // Connect, authenticate, be answered: p50_us, p99_us.
    kThroughDict,   // A value of bytes is set and got: bytes_s, there and back.
    kThroughQueue,  // The same, put and taken.
    kIdleSessions,  // bytes of the server's for each.
    // bytes for each, idle_percent of a CPU that the server uses meanwhile, wake_seconds until all
    // have an item. Where a connection carries one call, the connection is counted too.
    kParkedCalls,
    kStoredItems,  // bytes for each of a million items of 16 and 32 bytes.
    // A large value is set and got, once: manager_values and client_values, the peak of the memory
    // of each beside the value that it holds, in values.
    kMemoryOfValue,
    // Two workers of a pool have 40 times as much to do as is measured of a load, and that again
    // while one of them is killed each second: undisturbed_seconds, seconds, lost_percent of the
    // tasks that were done again.
    kKills,
    kDeaths,     // From the death of a pool's worker until another has its task: p50_us, p99_us.
    kIteration,  // Of a dict of 100,000 entries: ops (entries a second).
    kProxies,    // Objects that are made, with their proxies: ops (a second).
    kMap,        // Of a tiny function over 100,000 numbers, ten times: ops (calls a second).
    kSubmit,     // 10,000 tiny tasks of a pool, each by itself: ops (tasks a second).
    kImap,       // The same by imap, with chunks of one: ops (tasks a second).
    kApply,      // 2,000 tiny tasks, each when the one before it is done: ops (tasks a second).
    kStarmap,    // Of a tiny function over 100,000 pairs, ten times: ops (calls a second).
    kTasks,      // 100 asyncio tasks that wait: threads that they need, wake_seconds.
    kEngine,     // The Engine alone, in this process, with no server: ops (a second).
  };
  Kind kind = Kind::kLoad;
  int processes = 1;
  int threads = 1;  // Of each.
  int in_flight = 1;
  bool batch = false;
  int mebibytes = 0;         // Of the large value.
  int beside_mebibytes = 0;  // Of the one that another client puts and takes meanwhile.

  // Whether it measures something that one visit shows as well as many, and takes seconds.
  bool steady() const { return kind >= Kind::kIdleSessions && kind <= Kind::kDeaths; }
  auto operator<=>(const Scenario&) const = default;
};

// As people say it: "8 processes".
std::string describe(const Scenario& scenario);

// The servers of a run and the measurements on them. Each is started when it is first needed and
// stays until the run ends, so that all systems are under way side by side; those whose memory is
// measured are fresh ones, used once.
class Laboratory {
 public:
  // REQUIRES: `places` outlives this. `seconds` is what is measured of each load, after warm-up.
  Laboratory(const Places& places, double seconds);

  // Throws std::runtime_error saying what went wrong; the next measurement starts afresh.
  Sample measure(const Setup& setup, const Scenario& scenario);

 private:
  Server& server(const Setup& setup);
  int64_t end_of_measuring() const;
  Sample load(const Server& server, const Scenario& scenario) const;
  Sample hand_over(const Server& server) const;
  Sample idle_sessions(const Server& server) const;
  Sample parked_calls(const Server& server) const;
  Sample stored_items(const Server& server) const;
  Sample memory_of_value(const Server& server, int mebibytes) const;
  Sample ask_one(const Server& server, const std::string& command) const;

  const Places& places_;
  const double seconds_;
  std::map<Setup, Server> servers_;
};

}  // namespace syncmanager::bench

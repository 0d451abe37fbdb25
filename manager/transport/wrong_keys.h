#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "manager/core/time.h"

namespace syncmanager::manager {

// Counts the wrong keys that came from each source, so that nobody tries many. A source is an IPv4
// address or an IPv6 /64 network; unix sockets, whose source is empty, aren't counted: who may
// connect there is of our own user. Takes the time as an argument. One thread at a time.
class WrongKeys {
 public:
  struct Limits {
    int max = 5;                        // That a source may have tried, ...
    std::chrono::seconds forgiven{10};  // ... and how soon one of them is forgiven.
    size_t sources = 4096;  // Remembered; the one that was quiet for longest makes room.
  };

  explicit WrongKeys(Limits limits) : limits_(limits) {}

  // A wrong key came from there.
  void add(std::string_view source, Time now);
  // Whether the source has to wait before it may try another one.
  bool are_many(std::string_view source, Time now) const;

 private:
  void make_room(Time now);

  const Limits limits_;
  // When all that a source has tried is forgiven.
  std::map<std::string, Time, std::less<>> forgiven_;
};

}  // namespace syncmanager::manager

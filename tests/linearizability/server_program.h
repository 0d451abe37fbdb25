#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// A program whose threads call a real manager, in a process of its own that may be killed.
struct ServerProgram {
  std::string address;
  std::string key_file;
  std::chrono::milliseconds session_timeout{10'000};
  std::string ledger;    // Where it writes what it does.
  uint32_t place = 0;    // In the ledger.
  uint32_t session = 0;  // No other program ever has the same.
};

// Says `ready` when it has its session, then reads rounds and answers each, until its input ends:
//   0 25 4711   each thread of round 0 makes 25 calls of the objects of seed 4711
//   done        or the ledger says that a session was lost
// The exit code.
int run_program(const ServerProgram& program);

// A lock that the program holds as long as its session lives.
std::string sign_of_life(uint32_t session);

// The objects in that seed's history: all kinds come up over the seeds, at most one of each.
std::vector<SharedObject> objects_of(uint64_t seed);
std::string name_of(uint64_t seed, const SharedObject& object);

// The clock of all programs on this machine.
uint64_t now();

}  // namespace syncmanager::linearizability

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace syncmanager::manager::simulation {

// The next event in a world: an action of a client, a fault of the network, or the passing of time.
// It names clients and objects by numbers of which the world takes the remainder, and goes round
// to the next client that can do it: so a step makes sense whatever happened before.
struct Step {
  enum class Act : uint8_t {
    kAsk,
    kForget,       // Its reference to an object; the next time it asks for another one.
    kMake,         // An object without a name, which ends with its session.
    kCancel,       // A call that it waits for.
    kAcknowledge,  // A frame with nothing else in it.
    kSendPart,     // The next part of a request leaves.
    kDeliver,      // The next of its frames reaches the manager.
    kDuplicate,    // The last of its frames reaches the manager once more.
    kReceive,      // The next of the manager's frames reaches it.
    kTime,
    kDisconnect,  // All that is under way is lost; the manager notices,
    kHalfOpen,    // or it doesn't.
    kResume,
    kPause,  // It neither sends nor reads.
    kGoOn,
    kLeave,    // With goodbye.
    kKill,     // Over a unix socket: the manager knows at once.
    kVanish,   // Killed over TCP: the manager knows when its session's patience is over.
    kReplace,  // The manager's own program deletes an object and makes another one.
  };

  Act act;
  uint8_t client = 0;
  uint8_t slot = 0;
  uint8_t verb = 0;
  uint8_t caller = 1;
  uint8_t number = 0;
  uint8_t bytes = 0;       // Of an item, beside its number.
  uint8_t part_bytes = 0;  // Of each part that the request leaves in; 0: it leaves whole.
  bool more = false;       // Isn't sent yet: the next call goes in the same frame.
  bool waits = false;      // For ever.
  uint8_t milliseconds = 0;
};

// All that one seed decides.
struct Program {
  uint64_t seed = 0;
  size_t clients = 1;
  std::vector<size_t> kinds;  // Of the objects; what one works with stands before it.
  bool drains = false;        // In the end, before its clients leave.
  size_t answer_bytes = 0;    // Of the manager's frames: a larger answer comes in parts.
  std::vector<Step> steps;
};

// Worlds differ: how many clients and objects there are, and which faults happen, and how often.
Program random_program(uint64_t seed, size_t steps);

std::string to_text(const Program& program);

}  // namespace syncmanager::manager::simulation

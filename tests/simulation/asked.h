#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "manager/core/caller.h"
#include "protos/session.pb.h"

namespace syncmanager::manager::simulation {

// The operations that a client may ask for; each kind of object has some of them.
enum class Verb : uint8_t {
  kPut,
  kGet,
  kTake,
  kTaskDone,
  kAck,
  kNack,
  kJoin,
  kShutDown,
  kEmpty,  // Of queues.
  kAcquire,
  kRelease,
  kReleaseGrant,
  kRead,
  kWrite,  // Of what is held.
  kWait,
  kNotify,
  kNotifyAll,
  kSet,
  kClear,
  kReset,
  kAbort,
  kCountDown,
  kAdd,  // Of a Value.
  kAdopt,
  kForget,
  kMake,  // Of the registry.
};
const char* name_of(Verb verb);

// A request of a client, small enough for thousands of frames: the message is made of it when it
// reaches the manager, each time the same.
struct Asked {
  static constexpr uint64_t kForEver = std::numeric_limits<uint64_t>::max();

  uint64_t id = 0;
  wire::Request::OpCase op = wire::Request::kRegistry;
  Verb verb = Verb::kAdopt;
  size_t slot = 0;  // Where the object stood in the world; of no meaning for the registry.
  ObjectId object = 0;
  Caller caller;
  // An item's number, permits, a delivery, a fencing number, a count, or what is added.
  uint64_t number = 0;
  size_t bytes = 0;       // By which an item is longer than its number.
  size_t part_bytes = 0;  // Of each part that its request leaves in; 0: it leaves whole.
  uint64_t timeout_us = kForEver;
};

void write(const Asked& asked, wire::Request& request);
// The request encoded without its id: what its parts carry.
std::string encoded_request(const Asked& asked);
// The item that the operation puts, encoded.
std::string item_of(const Asked& asked);

// The answer to a client.
struct Answer {
  uint64_t output = 0;  // The session's first is 1.
  uint64_t id = 0;      // 0: a notice.
  wire::Outcome outcome = wire::OK;
  std::optional<uint64_t> number;  // An item, a sum, a place at a barrier.
  uint64_t fencing = 0;
  bool abandoned = false;
  uint64_t delivery = 0, count = 0;
  ObjectId opened = 0;

  bool ok() const { return outcome == wire::OK; }
  friend bool operator==(const Answer&, const Answer&) = default;
};

Answer answer_of(const wire::Reply& reply);

}  // namespace syncmanager::manager::simulation

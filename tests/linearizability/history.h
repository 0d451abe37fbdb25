#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace syncmanager::linearizability {

// The calls of clients on shared objects, the answers, and the times: all that a checker needs to
// know whether the objects behaved as if each call had happened at one moment between its
// invocation and its return. Plain numbers throughout, so that a process can leave its part in
// shared memory.

enum class ObjectKind : uint8_t {
  kValue,      // One number, 0 at first.
  kAttribute,  // Of a Namespace: a number, or missing.
  kEntry,      // Of a dict: a number, or missing.
  kQueue,
  kLock,
  kSemaphore,  // Bounded.
  kEvent,
  kList,
  kRLock,
  kCondition,  // With an RLock of its own.
  kBarrier,
  kFreeSemaphore,  // Without a bound.
  kDict,           // As a whole, with its order.
  kRWLock,
  kLatch,
};
constexpr uint64_t kObjectKinds = static_cast<uint64_t>(ObjectKind::kLatch) + 1;

// The smallest thing that stands for itself: what happens to one never depends on another.
struct SharedObject {
  ObjectKind kind = ObjectKind::kValue;
  uint32_t number = 0;
  uint32_t key = 0;  // Which attribute of the Namespace, which entry of the dict; 0 else.
  // A queue's items (0: none), a semaphore's permits at first, a barrier's parties, a latch's
  // count; 0 else.
  int64_t bound = 0;

  bool operator==(const SharedObject&) const = default;
};

enum class Verb : uint8_t {
  kGet,
  kSet,
  kAdd,            // A missing number counts as 0.
  kCompareAndSet,  // From `first` to `second`; answers whether it did.
  kPop,
  kSetDefault,
  kPut,
  kAcquire,
  kRelease,
  kClear,
  kIsSet,  // Of a barrier: whether it is broken.
  kWait,
  kAppend,
  kLength,  // Of a list, a dict, a latch; a semaphore's free permits; how many wait at a barrier;
            // how many read, -1: somebody writes.
  kPopItem,
  kItems,  // As one number; see as_one().
  kKeys,
  kNotify,
  kNotifyAll,
  kAbort,
  kReset,
  kAcquireRead,
  kCountDown,
  kDies,    // The client's session ends: what it holds goes to the others,
  kLeaves,  // or stays held, as it said goodbye.
  // Steps of a call; see steps.h.
  kArrives,
  kGivesUp,
  kComesBack,
};

enum class Outcome : uint8_t {
  kDone,       // With `value`, if the verb has a result.
  kTimedOut,   // It would have had to wait.
  kCancelled,  // It changed nothing.
  kMissing,    // No such key, attribute or element.
  kRefused,    // Misuse: the release of what nobody holds.
  kUnknown,    // The client never heard: it happened at some time up to `returned`, or never.
  kWaits,      // It waited when all was over.
};

struct Answer {
  Outcome outcome = Outcome::kUnknown;
  int64_t value = 0;  // Of a condition's wait: 1 if nobody notified it in time.

  bool operator==(const Answer&) const = default;
};

struct Operation {
  static constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

  uint32_t client = 0;  // A session, counted from 1.
  uint32_t caller = 0;  // A thread of it, below 256.
  SharedObject object;
  Verb verb = Verb::kGet;
  int64_t first = 0, second = 0;  // The arguments; 0 where the verb has fewer.
  bool has_timeout = false;
  Answer answer;
  // On one clock for all clients. One that ends when another begins came before it.
  uint64_t invoked = 0, returned = kNever;
};

using History = std::vector<Operation>;

// Several numbers of -1 to 6 as one, which no others give.
int64_t as_one(std::span<const int64_t> numbers);

// The history of each object, in the order of invocation.
std::vector<History> partitions(const History& history);

// `queue 1`, `dict 2[0]`
std::string to_text(const SharedObject& object);
// `client 3: queue 1: put(17) -> done [12, 20]`
std::string to_text(const Operation& operation);
std::string to_text(std::span<const Operation> history);

}  // namespace syncmanager::linearizability

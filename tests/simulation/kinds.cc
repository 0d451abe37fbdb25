#include "tests/simulation/kinds.h"

#include "manager/core/check.h"
#include "tests/support/values.h"

namespace syncmanager::manager::simulation {
namespace {

using namespace std::chrono_literals;
using enum Verb;

const std::vector<Verb> kPutAndGet = {kPut, kGet, kPut, kGet, kPut, kGet, kTaskDone, kJoin};
const std::vector<Verb> kReliably = {kPut, kGet, kPut,  kGet,      kPut, kGet,
                                     kAck, kAck, kNack, kTaskDone, kJoin};
const std::vector<Verb> kTakeOrGet = {kPut, kTake, kPut,  kGet,      kPut, kTake,
                                      kAck, kAck,  kNack, kTaskDone, kJoin};
const std::vector<Verb> kTurns = {kAcquire, kRelease, kAcquire, kReleaseGrant};
const std::vector<Verb> kPermits = {kAcquire, kRelease};

OpenOptions a_queue_of_few_bytes() {
  OpenOptions options;
  options.mutable_queue()->set_max_bytes(20);
  return options;
}

OpenOptions a_number() {
  OpenOptions options;
  options.mutable_value()->set_initial(encoded(0));
  return options;
}

// The first kind is the partner of the next one.
std::vector<Kind> make_kinds() {
  using R = wire::Request;
  std::vector<Verb> ends = kPutAndGet;
  ends.insert(ends.end(), {kShutDown, kEmpty});
  const std::vector<Verb> conditions = {kAcquire, kAcquire, kRelease, kWait,
                                        kWait,    kWait,    kNotify,  kNotifyAll};
  std::vector<Kind> kinds = {
      {"dead letters", a_queue(), R::kQueue, kPutAndGet},
      {"worn queue", reliable(a_queue(3), {.max_deliveries = 2}), R::kQueue, kReliably, 0},
      {"lock of a condition", a_lock(), R::kLock, kTurns},
      {"condition", {}, R::kCondition, conditions, 2},
      {"rlock of a condition", an_rlock(), R::kLock, kTurns},
      {"condition on an rlock", {}, R::kCondition, conditions, 4},
      {"condition of its own", a_condition(), R::kCondition, conditions},
      {"queue", a_queue(2), R::kQueue, kPutAndGet},
      {"queue of few bytes", a_queue_of_few_bytes(), R::kQueue, kPutAndGet},
      {"queue that ends", a_queue(2), R::kQueue, ends},
      {"queue with takers", a_queue(3), R::kQueue, kTakeOrGet},
      {"lifo queue", a_lifo_queue(2), R::kQueue, kPutAndGet},
      {"priority queue", a_priority_queue(2), R::kQueue, kPutAndGet},
      {"reliable queue", reliable(a_queue(3)), R::kQueue, kReliably},
      {"reliable lifo queue", reliable(a_lifo_queue(3)), R::kQueue, kReliably},
      {"lock", a_lock(), R::kLock, kTurns},
      {"releasing lock", a_lock(OnExit::kRelease), R::kLock, kTurns},
      {"rlock", an_rlock(), R::kLock, kTurns},
      {"semaphore", a_semaphore(2), R::kSemaphore, kPermits},
      {"bounded semaphore", a_bounded_semaphore(3), R::kSemaphore, kPermits},
      {"releasing semaphore", a_bounded_semaphore(3, OnExit::kRelease), R::kSemaphore, kPermits},
      {"event", an_event(), R::kEvent, {kSet, kClear, kClear, kWait, kWait, kWait}},
      {"barrier", a_barrier(3, 40ms), R::kBarrier, {kWait, kWait, kWait, kWait, kReset, kAbort}},
      {"rwlock", an_rwlock(), R::kRwlock, {kRead, kRead, kWrite, kRelease, kRelease}},
      {"releasing rwlock", an_rwlock(OnExit::kRelease), R::kRwlock, {kRead, kWrite, kRelease}},
      {"latch", a_latch(5), R::kLatch, {kWait, kWait, kCountDown}},
      {"counter", a_counter(), R::kCounter, {kWait, kAdd}},
      {"value", a_number(), R::kValue, {kAdd}},
  };
  return kinds;
}

}  // namespace

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> kinds = make_kinds();
  return kinds;
}

size_t kind_named(const std::string& name) {
  size_t index = 0;
  while (index < kinds().size() && kinds()[index].name != name) ++index;
  CHECK(index < kinds().size());
  return index;
}

}  // namespace syncmanager::manager::simulation

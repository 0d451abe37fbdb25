#include "tests/linearizability/program.h"

namespace syncmanager::linearizability {
namespace {

constexpr uint32_t kKeys = 3;
// Few, so that a compare_and_set finds what it expects now and then.
constexpr uint64_t kNumbers = 4;

std::vector<Verb> verbs_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kValue:
    case ObjectKind::kAttribute:
      return {Verb::kGet, Verb::kSet, Verb::kAdd, Verb::kCompareAndSet};
    case ObjectKind::kEntry:
      return {Verb::kGet, Verb::kSet, Verb::kAdd, Verb::kPop, Verb::kSetDefault};
    case ObjectKind::kQueue:
      return {Verb::kPut, Verb::kGet};
    case ObjectKind::kLock:
      return {Verb::kAcquire, Verb::kRelease};
    case ObjectKind::kSemaphore:
    case ObjectKind::kFreeSemaphore:
      return {Verb::kAcquire, Verb::kRelease, Verb::kAcquire, Verb::kRelease, Verb::kLength};
    case ObjectKind::kEvent:
      return {Verb::kSet, Verb::kClear, Verb::kIsSet, Verb::kWait};
    case ObjectKind::kList:
      return {Verb::kAppend, Verb::kPop, Verb::kLength};
    case ObjectKind::kRLock:
      return {Verb::kAcquire, Verb::kAcquire, Verb::kRelease};
    case ObjectKind::kCondition:
      return {Verb::kAcquire, Verb::kWait,   Verb::kWait,      Verb::kWait,
              Verb::kWait,    Verb::kWait,   Verb::kWait,      Verb::kNotify,
              Verb::kNotify,  Verb::kNotify, Verb::kNotifyAll, Verb::kRelease};
    case ObjectKind::kBarrier:
      return {Verb::kWait,  Verb::kWait,  Verb::kWait,   Verb::kWait,  Verb::kWait,
              Verb::kReset, Verb::kReset, Verb::kLength, Verb::kIsSet, Verb::kAbort};
    case ObjectKind::kDict:
      return {Verb::kGet,    Verb::kSet,   Verb::kSet,  Verb::kPop,  Verb::kPopItem,
              Verb::kLength, Verb::kItems, Verb::kKeys, Verb::kClear};
    case ObjectKind::kRWLock:
      return {Verb::kAcquire, Verb::kAcquireRead, Verb::kAcquireRead,
              Verb::kRelease, Verb::kRelease,     Verb::kLength};
    case ObjectKind::kLatch:
      return {Verb::kCountDown, Verb::kWait, Verb::kWait, Verb::kLength};
  }
  return {};
}

int64_t random_bound(Dice& dice, ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kQueue:
      return static_cast<int64_t>(dice.below(4));
    case ObjectKind::kSemaphore:
      return static_cast<int64_t>(1 + dice.below(3));
    case ObjectKind::kFreeSemaphore:
      return static_cast<int64_t>(dice.below(3));
    case ObjectKind::kBarrier:
      return static_cast<int64_t>(2 + dice.below(2));
    case ObjectKind::kLatch:
      return static_cast<int64_t>(1 + dice.below(5));
    default:
      return 0;
  }
}

}  // namespace

std::vector<SharedObject> random_object(Dice& dice, ObjectKind kind, uint32_t number) {
  const SharedObject object = {.kind = kind, .number = number, .bound = random_bound(dice, kind)};
  if (kind != ObjectKind::kAttribute && kind != ObjectKind::kEntry) return {object};
  std::vector<SharedObject> keys(kKeys, object);
  for (uint32_t key = 0; key < kKeys; ++key) keys[key].key = key;
  return keys;
}

Operation random_call(Dice& dice, const SharedObject& object, int64_t unique) {
  const std::vector<Verb> verbs = verbs_of(object.kind);
  Operation call = {.object = object, .verb = dice.one_of(verbs)};
  if (object.kind == ObjectKind::kDict) {
    call.first = static_cast<int64_t>(dice.below(kKeys));
    call.second = static_cast<int64_t>(dice.below(kNumbers));
    return call;
  }
  switch (call.verb) {
    case Verb::kPut:
    case Verb::kAppend:
      call.first = unique;
      break;
    case Verb::kCompareAndSet:
      call.first = static_cast<int64_t>(dice.below(kNumbers));
      call.second = static_cast<int64_t>(dice.below(kNumbers));
      break;
    case Verb::kSet:
      if (object.kind == ObjectKind::kEvent) break;
      [[fallthrough]];
    case Verb::kSetDefault:
      call.first = static_cast<int64_t>(dice.below(kNumbers));
      break;
    case Verb::kAdd:
      call.first = static_cast<int64_t>(dice.below(3)) - 1;
      break;
    case Verb::kNotify:
    case Verb::kCountDown:
      call.first = dice.percent(75) ? 1 : 2;
      break;
    default:
      break;
  }
  return call;
}

bool may_wait(const Operation& operation) {
  switch (operation.verb) {
    case Verb::kPut:
    case Verb::kAcquire:
    case Verb::kAcquireRead:
    case Verb::kWait:
      return true;
    case Verb::kGet:
      return operation.object.kind == ObjectKind::kQueue;
    default:
      return false;
  }
}

bool acquires(Verb verb) { return verb == Verb::kAcquire || verb == Verb::kAcquireRead; }

bool needs_hold(const Operation& operation) {
  const bool of_condition = operation.object.kind == ObjectKind::kCondition;
  return operation.verb == Verb::kRelease || (of_condition && !acquires(operation.verb));
}

}  // namespace syncmanager::linearizability

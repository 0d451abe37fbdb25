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
      return {Verb::kAcquire, Verb::kRelease, Verb::kAcquire, Verb::kRelease, Verb::kLength};
    case ObjectKind::kEvent:
      return {Verb::kSet, Verb::kClear, Verb::kIsSet, Verb::kWait};
    case ObjectKind::kList:
      return {Verb::kAppend, Verb::kPop, Verb::kLength};
  }
  return {};
}

}  // namespace

std::vector<SharedObject> random_object(Dice& dice, ObjectKind kind, uint32_t number) {
  SharedObject object = {.kind = kind, .number = number};
  if (kind == ObjectKind::kQueue) object.bound = static_cast<int64_t>(dice.below(4));
  if (kind == ObjectKind::kSemaphore) object.bound = static_cast<int64_t>(1 + dice.below(3));
  if (kind != ObjectKind::kAttribute && kind != ObjectKind::kEntry) return {object};
  std::vector<SharedObject> keys(kKeys, object);
  for (uint32_t key = 0; key < kKeys; ++key) keys[key].key = key;
  return keys;
}

Operation random_call(Dice& dice, const SharedObject& object, int64_t unique) {
  const std::vector<Verb> verbs = verbs_of(object.kind);
  Operation call = {.object = object, .verb = dice.one_of(verbs)};
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
    default:
      break;
  }
  return call;
}

bool may_wait(const Operation& operation) {
  switch (operation.verb) {
    case Verb::kPut:
    case Verb::kAcquire:
    case Verb::kWait:
      return true;
    case Verb::kGet:
      return operation.object.kind == ObjectKind::kQueue;
    default:
      return false;
  }
}

}  // namespace syncmanager::linearizability

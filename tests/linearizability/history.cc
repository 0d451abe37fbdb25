#include "tests/linearizability/history.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "protos/support/str_cat.h"

namespace syncmanager::linearizability {
namespace {

const char* name_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kValue:
      return "value";
    case ObjectKind::kAttribute:
      return "namespace";
    case ObjectKind::kEntry:
      return "dict";
    case ObjectKind::kQueue:
      return "queue";
    case ObjectKind::kLock:
      return "lock";
    case ObjectKind::kSemaphore:
      return "semaphore";
    case ObjectKind::kEvent:
      return "event";
    case ObjectKind::kList:
      return "list";
    case ObjectKind::kRLock:
      return "rlock";
    case ObjectKind::kCondition:
      return "condition";
    case ObjectKind::kBarrier:
      return "barrier";
    case ObjectKind::kFreeSemaphore:
      return "semaphore without a bound";
    case ObjectKind::kDict:
      return "whole dict";
    case ObjectKind::kRWLock:
      return "rwlock";
    case ObjectKind::kLatch:
      return "latch";
  }
  return "?";
}

std::string call_of(const Operation& operation) {
  const std::string one = str_cat("(", operation.first, ")");
  const std::string two = str_cat("(", operation.first, ", ", operation.second, ")");
  const bool whole = operation.object.kind == ObjectKind::kDict;
  switch (operation.verb) {
    case Verb::kGet:
      return whole ? "get" + one : "get()";
    case Verb::kSet:
      if (whole) return "set" + two;
      return operation.object.kind == ObjectKind::kEvent ? "set()" : "set" + one;
    case Verb::kAdd:
      return "add" + one;
    case Verb::kCompareAndSet:
      return "compare_and_set" + two;
    case Verb::kPop:
      return whole ? "pop" + one : "pop()";
    case Verb::kSetDefault:
      return "set_default" + one;
    case Verb::kPut:
      return "put" + one;
    case Verb::kAcquire:
      return "acquire()";
    case Verb::kRelease:
      return "release()";
    case Verb::kClear:
      return "clear()";
    case Verb::kIsSet:
      return operation.object.kind == ObjectKind::kBarrier ? "is_broken()" : "is_set()";
    case Verb::kWait:
      return "wait()";
    case Verb::kAppend:
      return "append" + one;
    case Verb::kLength:
      return "length()";
    case Verb::kPopItem:
      return "pop_item()";
    case Verb::kItems:
      return "items()";
    case Verb::kKeys:
      return "keys()";
    case Verb::kNotify:
      return "notify" + one;
    case Verb::kNotifyAll:
      return "notify_all()";
    case Verb::kAbort:
      return "abort()";
    case Verb::kReset:
      return "reset()";
    case Verb::kAcquireRead:
      return "acquire_read()";
    case Verb::kCountDown:
      return "count_down" + one;
    case Verb::kDies:
      return "its session dies";
    case Verb::kLeaves:
      return "its session leaves";
    case Verb::kArrives:
      return "arrives" + one;
    case Verb::kGivesUp:
      return "gives up" + one;
    case Verb::kComesBack:
      return "comes back" + one;
  }
  return "?";
}

std::string text_of(const Answer& answer) {
  switch (answer.outcome) {
    case Outcome::kDone:
      return std::to_string(answer.value);
    case Outcome::kTimedOut:
      return "timed out";
    case Outcome::kCancelled:
      return "cancelled";
    case Outcome::kMissing:
      return "missing";
    case Outcome::kRefused:
      return answer.value == 0 ? "refused" : str_cat("refused (outcome ", answer.value, ")");
    case Outcome::kUnknown:
      return "unknown";
    case Outcome::kWaits:
      return "waits";
  }
  return "?";
}

}  // namespace

int64_t as_one(std::span<const int64_t> numbers) {
  int64_t one = 0;
  for (const int64_t number : numbers) one = one * 9 + number + 2;
  return one;
}

std::vector<History> partitions(const History& history) {
  std::map<std::tuple<ObjectKind, uint32_t, uint32_t>, History> parts;
  for (const Operation& operation : history) {
    const SharedObject& object = operation.object;
    parts[{object.kind, object.number, object.key}].push_back(operation);
  }
  std::vector<History> sorted;
  for (auto& [object, part] : parts) {
    std::stable_sort(part.begin(), part.end(),
                     [](const Operation& a, const Operation& b) { return a.invoked < b.invoked; });
    sorted.push_back(std::move(part));
  }
  return sorted;
}

std::string to_text(const SharedObject& object) {
  const bool keyed = object.kind == ObjectKind::kAttribute || object.kind == ObjectKind::kEntry;
  return str_cat(name_of(object.kind), " ", object.number,
                 keyed ? str_cat("[", object.key, "]") : "");
}

std::string to_text(const Operation& operation) {
  return str_cat(
      "client ", operation.client, operation.caller == 0 ? "" : str_cat("/", operation.caller),
      ": ", to_text(operation.object), ": ", call_of(operation), " -> ", text_of(operation.answer),
      " [", operation.invoked, ", ",
      operation.returned == Operation::kNever ? "never" : std::to_string(operation.returned), "]");
}

std::string to_text(std::span<const Operation> history) {
  std::string text;
  for (const Operation& operation : history) text += to_text(operation) + "\n";
  return text;
}

}  // namespace syncmanager::linearizability

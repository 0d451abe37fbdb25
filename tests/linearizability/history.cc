#include "tests/linearizability/history.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "protos/str_cat.h"

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
  }
  return "?";
}

std::string call_of(const Operation& operation) {
  const std::string one = str_cat("(", operation.first, ")");
  switch (operation.verb) {
    case Verb::kGet:
      return "get()";
    case Verb::kSet:
      return operation.object.kind == ObjectKind::kEvent ? "set()" : "set" + one;
    case Verb::kAdd:
      return "add" + one;
    case Verb::kCompareAndSet:
      return str_cat("compare_and_set(", operation.first, ", ", operation.second, ")");
    case Verb::kPop:
      return "pop()";
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
      return "is_set()";
    case Verb::kWait:
      return "wait()";
    case Verb::kAppend:
      return "append" + one;
    case Verb::kLength:
      return "length()";
    case Verb::kDies:
      return "its session dies";
    case Verb::kLeaves:
      return "its session leaves";
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

std::string to_text(const Operation& operation) {
  const SharedObject& object = operation.object;
  const bool keyed = object.kind == ObjectKind::kAttribute || object.kind == ObjectKind::kEntry;
  return str_cat(
      "client ", operation.client, ": ", name_of(object.kind), " ", object.number,
      keyed ? str_cat("[", object.key, "]") : "", ": ", call_of(operation), " -> ",
      text_of(operation.answer), " [", operation.invoked, ", ",
      operation.returned == Operation::kNever ? "never" : std::to_string(operation.returned), "]");
}

std::string to_text(std::span<const Operation> history) {
  std::string text;
  for (const Operation& operation : history) text += to_text(operation) + "\n";
  return text;
}

}  // namespace syncmanager::linearizability

#include "tests/linearizability/foresight.h"

#include <algorithm>

namespace syncmanager::linearizability {
namespace {

bool ordered(const Operation& operation) {
  return operation.object.kind == ObjectKind::kQueue || operation.object.kind == ObjectKind::kList;
}
bool adds(const Operation& operation) {
  return operation.verb == Verb::kPut || operation.verb == Verb::kAppend;
}
bool takes(const Operation& operation) {
  return operation.verb == Verb::kGet || operation.verb == Verb::kPop;
}

}  // namespace

Foresight::Foresight(std::span<const Operation> history) {
  for (const Operation& operation : history) {
    if (!ordered(operation) || !takes(operation)) continue;
    const Answer& answer = operation.answer;
    const Taking taking = {operation.invoked, operation.returned};
    if (answer.outcome == Outcome::kUnknown) unknown_takings_.push_back(taking);
    if (answer.outcome == Outcome::kDone) takings_.try_emplace(answer.value, taking);
  }
}

Operation Foresight::simplified(Operation operation) const {
  if (ordered(operation) && adds(operation) && taking_of(operation.first) == nullptr) {
    operation.first = kNeverTaken;
  }
  return operation;
}

// An item put into a queue without a bound, and taken by no known call, only stands in others'
// way.
bool Foresight::needless(const Operation& unknown) const {
  return unknown.verb == Verb::kPut && unknown.object.bound == 0 &&
         taking_of(unknown.first) == nullptr;
}

bool Foresight::hopeless(const Operation& operation, const ModelState& before,
                         const ModelState& after) const {
  if (!ordered(operation)) return false;
  const bool oldest_first = operation.object.kind == ObjectKind::kQueue;
  if (takes(operation)) {
    // Somebody unknown takes what somebody known took.
    return operation.answer.outcome == Outcome::kUnknown && !before.empty() &&
           taking_of(oldest_first ? before.front() : before.back()) != nullptr;
  }
  // An item behind all items that are known to be taken may stay.
  const auto taken = [&](int64_t item) { return taking_of(item) != nullptr; };
  size_t first = 0, last = after.size();
  if (oldest_first) {
    while (last > 0 && !taken(after[last - 1])) --last;
  } else {
    while (first < last && !taken(after[first])) ++first;
  }
  return adds(operation) &&
         !can_be_taken(absl::MakeConstSpan(after).subspan(first, last - first), oldest_first);
}

// Goes through the items in the order in which they have to be taken, at the earliest time for
// each. Who took what nobody known took may be counted for several: that is too kind, and never
// wrong.
bool Foresight::can_be_taken(absl::Span<const int64_t> items, bool oldest_first) const {
  uint64_t time = 0, anonymous = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    const int64_t item = oldest_first ? items[i] : items[items.size() - 1 - i];
    if (const Taking* taking = taking_of(item)) {
      time = std::max(time, taking->invoked);
      if (time > taking->returned) return false;
      continue;
    }
    if (++anonymous > unknown_takings_.size()) return false;
    uint64_t earliest = Operation::kNever;
    for (const Taking& taking : unknown_takings_) {
      if (taking.returned >= time) earliest = std::min(earliest, std::max(time, taking.invoked));
    }
    time = earliest;
  }
  return true;
}

const Foresight::Taking* Foresight::taking_of(int64_t item) const {
  const auto found = takings_.find(item);
  return found == takings_.end() ? nullptr : &found->second;
}

}  // namespace syncmanager::linearizability

#include "tests/linearizability/steps.h"

#include <optional>

#include "tests/linearizability/models.h"
#include "tests/linearizability/single_models.h"

namespace syncmanager::linearizability {
namespace {

constexpr Answer kUnknown = {Outcome::kUnknown, 0};

// The answer of each step; a call without the step has none.
struct Steps {
  Answer arrives = kDone;
  std::optional<Answer> gives_up;
  std::optional<Answer> comes_back;
};

Steps steps_of_wait(const Operation& call) {
  const Outcome outcome = call.answer.outcome;
  if (outcome == Outcome::kRefused) return {.arrives = kRefused};
  // It comes back with the lock in any case.
  const bool in_vain = outcome == Outcome::kDone && call.answer.value != 0;
  if (in_vain || outcome == Outcome::kCancelled) return {.gives_up = kDone, .comes_back = done(1)};
  return {.comes_back = call.answer};
}

Steps steps_at_barrier(const Operation& call) {
  const Outcome outcome = call.answer.outcome;
  if (outcome == Outcome::kCancelled) return {.gives_up = kDone, .comes_back = kRefused};
  // Broken by somebody, perhaps by itself.
  if (outcome == Outcome::kRefused && call.has_timeout) {
    return {.gives_up = kUnknown, .comes_back = kRefused};
  }
  return {.comes_back = call.answer};
}

Steps steps_of_acquire(const Operation& call) {
  const Outcome outcome = call.answer.outcome;
  if (outcome == Outcome::kRefused) return {.arrives = kRefused};
  if (outcome == Outcome::kCancelled || outcome == Outcome::kTimedOut) return {.gives_up = kDone};
  return {.comes_back = call.answer};
}

Steps steps_of(const Operation& call) {
  if (call.answer.outcome == Outcome::kUnknown) return {kUnknown, kUnknown, kUnknown};
  switch (call.object.kind) {
    case ObjectKind::kCondition:
      return steps_of_wait(call);
    case ObjectKind::kBarrier:
      return steps_at_barrier(call);
    default:
      return steps_of_acquire(call);
  }
}

// The detail that the model may know beforehand of a call that arrives.
int64_t detail_of(const Operation& call) {
  if (call.object.kind == ObjectKind::kRWLock) return call.verb == Verb::kAcquire ? 1 : 0;
  return call.answer.outcome == Outcome::kDone ? call.answer.value : -1;
}

}  // namespace

History in_steps(std::span<const Operation> history) {
  History steps;
  for (size_t i = 0; i < history.size(); ++i) {
    const Operation& call = history[i];
    if (!has_steps(call)) {
      steps.push_back(call);
      continue;
    }
    Operation step = call;
    step.first = static_cast<int64_t>(i);
    step.second = detail_of(call);
    const auto add = [&](Verb verb, const Answer& answer) {
      step.verb = verb;
      step.answer = answer;
      steps.push_back(step);
    };
    const Steps answers = steps_of(call);
    add(Verb::kArrives, answers.arrives);
    if (answers.gives_up) add(Verb::kGivesUp, *answers.gives_up);
    if (answers.comes_back) add(Verb::kComesBack, *answers.comes_back);
  }
  return steps;
}

}  // namespace syncmanager::linearizability

#include "tests/linearizability/checker.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "manager/core/check.h"
#include "tests/linearizability/foresight.h"
#include "tests/linearizability/models.h"
#include "tests/linearizability/steps.h"

namespace syncmanager::linearizability {
namespace {

// So many places of one search; it takes about a gigabyte.
constexpr size_t kMostTried = 1'000'000;

bool unknown(const Operation& operation) { return operation.answer.outcome == Outcome::kUnknown; }
bool waits(const Operation& operation) { return operation.answer.outcome == Outcome::kWaits; }

// Whether a sequential object may do this in `state`, which becomes the one afterwards.
bool possible(const Operation& operation, ModelState& state) {
  if (operation.answer.outcome == Outcome::kCancelled) return true;
  if (operation.answer.outcome == Outcome::kTimedOut) {
    ModelState untouched = state;
    return !perform(operation, untouched);
  }
  const std::optional<Answer> right = perform(operation, state);
  return right && (unknown(operation) || *right == operation.answer);
}

// Whether both do the same to every state. Who asks makes no difference but to what can be held.
bool twins(const Operation& a, const Operation& b) {
  return a.verb == b.verb && a.first == b.first && a.second == b.second && a.answer == b.answer &&
         (a.client == b.client || !ends_matter(a.object.kind));
}

// The operations done, by their numbers. As most of the first and none of the last are, what is
// between is all that is compared.
class DoneSet {
 public:
  explicit DoneSet(size_t operations) : words_((operations + 63) / 64) {}

  void insert(size_t operation) { words_[operation / 64] |= bit(operation); }
  void erase(size_t operation) { words_[operation / 64] &= ~bit(operation); }

  using Key = absl::InlinedVector<uint64_t, 12>;
  // This set and `state`, as one key.
  Key with(const ModelState& state) const {
    size_t first = 0, last = words_.size();
    while (first < last && words_[first] == ~uint64_t{0}) ++first;
    while (last > first && words_[last - 1] == 0) --last;
    Key key = {first, last};
    for (size_t i = first; i < last; ++i) key.push_back(words_[i]);
    for (const int64_t number : state) key.push_back(static_cast<uint64_t>(number));
    return key;
  }

 private:
  static uint64_t bit(size_t operation) { return uint64_t{1} << operation % 64; }

  std::vector<uint64_t> words_;
};

// Invocations and returns in the order of their times, as a list from which pairs are taken out and
// put back in the reverse order. Event 0 is the list's end and beginning.
class Events {
 public:
  // Without the operations for which `matters` is false.
  Events(std::span<const Operation> history, absl::FunctionRef<bool(const Operation&)> matters);

  size_t first() const { return links_[0].next; }
  size_t after(size_t event) const { return links_[event].next; }
  size_t operation(size_t event) const { return links_[event].operation; }
  bool is_return(size_t event) const { return links_[event].is_return; }

  void take_out(size_t operation) {
    unlink(invocations_[operation]);
    unlink(returns_[operation]);
  }
  void put_back(size_t operation) {
    relink(returns_[operation]);
    relink(invocations_[operation]);
  }

 private:
  struct Link {
    size_t operation = 0;
    bool is_return = false;
    uint64_t time = 0;
    size_t previous = 0, next = 0;
  };

  void unlink(size_t event) {
    if (event == 0) return;  // It never returns.
    links_[links_[event].previous].next = links_[event].next;
    links_[links_[event].next].previous = links_[event].previous;
  }
  void relink(size_t event) {
    if (event == 0) return;
    links_[links_[event].previous].next = event;
    links_[links_[event].next].previous = event;
  }

  std::vector<Link> links_;
  std::vector<size_t> invocations_, returns_;  // Of each operation.
};

Events::Events(std::span<const Operation> history,
               absl::FunctionRef<bool(const Operation&)> matters)
    : links_(1), invocations_(history.size()), returns_(history.size()) {
  for (size_t i = 0; i < history.size(); ++i) {
    if (!matters(history[i])) continue;
    links_.push_back({.operation = i, .is_return = false, .time = history[i].invoked});
    if (history[i].returned == Operation::kNever) continue;
    links_.push_back({.operation = i, .is_return = true, .time = history[i].returned});
  }
  // At the same time nobody was before the other.
  std::stable_sort(links_.begin() + 1, links_.end(), [](const Link& a, const Link& b) {
    return a.time != b.time ? a.time < b.time : a.is_return < b.is_return;
  });
  for (size_t event = 0; event < links_.size(); ++event) {
    links_[event].previous = event == 0 ? links_.size() - 1 : event - 1;
    links_[event].next = (event + 1) % links_.size();
    if (event == 0) continue;
    (links_[event].is_return ? returns_ : invocations_)[links_[event].operation] = event;
  }
}

class Search {
 public:
  explicit Search(std::span<const Operation> history)
      : foresight_(history),
        events_(history, [&](const Operation& operation) { return matters(operation); }),
        done_(history.size()) {
    for (const Operation& operation : history) {
      history_.push_back(foresight_.simplified(operation));
      if (owed(operation)) ++owed_;
    }
    enter(initial_state(history.front().object));
  }

  Verdict run() {
    while (owed_ > 0 || somebody_waits_in_vain()) {
      if (tried_.size() > kMostTried) return Verdict::kTooHard;
      Place& here = path_.back();
      if (here.next < here.choices.size()) {
        go_on(here.choices[here.next++]);
      } else {
        if (path_.size() == 1) return Verdict::kViolation;
        go_back();
      }
    }
    return Verdict::kLinearizable;
  }

 private:
  struct Choice {
    size_t operation;
    bool happens;  // False: an unknown operation that never did.
  };
  // Where the search is: after some operations in some order.
  struct Place {
    ModelState state;
    std::vector<Choice> choices;  // Of what comes next.
    size_t next = 0;              // The first that wasn't tried.
  };

  // Whether the order must have it.
  static bool owed(const Operation& operation) { return !unknown(operation) && !waits(operation); }

  // Whether it can make a difference that it is in the order.
  bool matters(const Operation& operation) const {
    if (!unknown(operation)) return !waits(operation);
    return !changes_nothing(operation) && !foresight_.needless(operation);
  }

  bool somebody_waits_in_vain() const {
    return std::any_of(history_.begin(), history_.end(), [&](const Operation& operation) {
      ModelState after = path_.back().state;
      return waits(operation) && perform(operation, after);
    });
  }

  void enter(ModelState state) {
    path_.push_back({.state = std::move(state)});
    find_choices(path_.back());
  }

  // Whatever comes next was invoked before anything else returned. If something that changes
  // nothing can happen here it is the only choice: it is never worse now than later. Else what
  // returned early is tried first, as it most likely happened early.
  void find_choices(Place& here) const {
    size_t event = events_.first();
    for (; event != 0 && !events_.is_return(event); event = events_.after(event)) {
      const size_t operation = events_.operation(event);
      ModelState after = here.state;
      if (!possible(history_[operation], after)) continue;
      if (foresight_.hopeless(history_[operation], here.state, after)) continue;
      if (changes_nothing(history_[operation])) {
        here.choices.assign({{operation, true}});
        return;
      }
      here.choices.push_back({operation, true});
    }
    std::sort(here.choices.begin(), here.choices.end(),
              [&](const Choice& a, const Choice& b) { return urgency(a) < urgency(b); });
    drop_twins(here.choices);
    if (event != 0 && unknown(history_[events_.operation(event)])) {
      here.choices.push_back({events_.operation(event), false});
    }
  }
  // The most urgent of several equal choices stands for all: in any order where another of them
  // comes here the two could change places.
  void drop_twins(std::vector<Choice>& choices) const {
    size_t kept = 0;
    for (const Choice& choice : choices) {
      const Operation& operation = history_[choice.operation];
      const auto end = choices.begin() + static_cast<std::ptrdiff_t>(kept);
      const bool has_twin = std::any_of(choices.begin(), end, [&](const Choice& other) {
        return twins(history_[other.operation], operation);
      });
      if (!has_twin) choices[kept++] = choice;
    }
    choices.resize(kept);
  }
  std::pair<bool, uint64_t> urgency(const Choice& choice) const {
    const Operation& operation = history_[choice.operation];
    return {unknown(operation), operation.returned};
  }

  // Makes the choice, unless its place was seen.
  void go_on(Choice choice) {
    const Operation& operation = history_[choice.operation];
    ModelState after = path_.back().state;
    if (choice.happens) possible(operation, after);
    done_.insert(choice.operation);
    if (!tried_.insert(done_.with(after)).second) return done_.erase(choice.operation);
    events_.take_out(choice.operation);
    if (owed(operation)) --owed_;
    enter(std::move(after));
  }

  void go_back() {
    path_.pop_back();
    const Place& before = path_.back();
    const size_t operation = before.choices[before.next - 1].operation;
    events_.put_back(operation);
    done_.erase(operation);
    if (owed(history_[operation])) ++owed_;
  }

  const Foresight foresight_;
  History history_;
  Events events_;
  DoneSet done_;
  size_t owed_ = 0;  // Still to be put into the order.
  std::vector<Place> path_;
  absl::flat_hash_set<DoneSet::Key> tried_;
};

// The history as known at `time`, after all calls that returned then.
History until(const History& history, uint64_t time) {
  History known;
  for (Operation operation : history) {
    if (operation.invoked > time) continue;
    if (operation.returned > time) {
      operation.answer.outcome = Outcome::kUnknown;
      operation.returned = Operation::kNever;
    }
    known.push_back(operation);
  }
  return known;
}

bool refused(std::span<const Operation> history) { return check(history) == Verdict::kViolation; }

}  // namespace

Verdict check(std::span<const Operation> history) {
  return history.empty() ? Verdict::kLinearizable : Search(in_steps(history)).run();
}

History smallest_violation(const History& history) {
  CHECK(refused(history));
  std::vector<uint64_t> returns;
  for (const Operation& operation : history) {
    if (operation.returned != Operation::kNever) returns.push_back(operation.returned);
  }
  std::sort(returns.begin(), returns.end());
  // A history that is right is right at each moment.
  const auto wrong = std::partition_point(returns.begin(), returns.end(), [&](uint64_t time) {
    return !refused(until(history, time));
  });
  History smallest = wrong == returns.end() ? history : until(history, *wrong);
  for (size_t i = smallest.size(); i-- > 0;) {
    if (!changes_nothing(smallest[i])) continue;
    History without = smallest;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    if (refused(without)) smallest = std::move(without);
  }
  return smallest;
}

}  // namespace syncmanager::linearizability

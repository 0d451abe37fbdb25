// The sequential models of what calls arrive at, wait for, and come back from; see steps.h. The
// state is a few numbers, and then who is there, in the order of arrival:
//
//   kind       the few numbers             who: its call, its owner, a detail, and how it is there
//   condition  those of its rlock          detail: how often it held the lock
//   barrier    1 if it is broken           detail: its place, once it passed
//   rwlock     1 if its holder is a writer detail: 1 if it writes; of a holder how often it reads
//
// A holder of an rwlock is no call, but is there too. The holders stand in the order of their
// numbers, as a release by somebody else takes what was left behind in that order.

#include <algorithm>

#include "tests/linearizability/single_models.h"

namespace syncmanager::linearizability {
namespace {

enum How : int64_t {
  kWaits,
  kServed,     // Notified, passed or granted.
  kDismissed,  // Gave up, or at a broken barrier.
  kHolds,
  kLeft,  // Held by a client that said goodbye.
};

struct Entry {
  int64_t call, owner, detail, how;
};

// Who is there. Changes are written back by done().
class Present {
 public:
  Present(ModelState& state, size_t numbers) : state_(state), numbers_(numbers) {
    for (size_t i = numbers; i < state.size(); i += 4) {
      entries_.push_back({state[i], state[i + 1], state[i + 2], state[i + 3]});
    }
  }

  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }
  void add(const Entry& entry) { entries_.push_back(entry); }
  // Null if that call isn't there.
  Entry* find(int64_t call) {
    const auto is_it = [&](const Entry& entry) { return entry.call == call; };
    const auto found = std::find_if(begin(), end(), is_it);
    return found == end() ? nullptr : &*found;
  }
  void drop(const Entry* entry) { entries_.erase(begin() + (entry - entries_.data())); }
  template <typename Chosen>
  void drop_if(Chosen chosen) {
    entries_.erase(std::remove_if(begin(), end(), chosen), end());
  }
  int64_t count(How how) {
    return std::count_if(begin(), end(), [&](const Entry& entry) { return entry.how == how; });
  }

  Answer answer(const Answer& answer) {
    state_.resize(numbers_);
    for (const Entry& entry : entries_) {
      state_.insert(state_.end(), {entry.call, entry.owner, entry.detail, entry.how});
    }
    return answer;
  }

 private:
  ModelState& state_;
  const size_t numbers_;
  absl::InlinedVector<Entry, 8> entries_;
};

bool of_client(const Entry& entry, const Operation& operation) {
  return client_of(entry.owner) == operation.client;
}

// ---- Condition.

void notify(Present& waiters, int64_t count) {
  for (Entry& entry : waiters) {
    if (entry.how != kWaits || count-- <= 0) continue;
    entry.how = kServed;
  }
}

// A notify that the dead were given and made no use of is for the next.
void end_client(Present& waiters, const Operation& end) {
  const int64_t unused = std::count_if(waiters.begin(), waiters.end(), [&](const Entry& entry) {
    return of_client(entry, end) && entry.how == kServed;
  });
  waiters.drop_if([&](const Entry& entry) { return of_client(entry, end); });
  notify(waiters, unused);
}

std::optional<Answer> arrive_at_condition(const Operation& operation, ModelState& state) {
  if (state[0] != owner_of(operation)) return kRefused;
  state.insert(state.end(), {operation.first, state[0], state[1], kWaits});
  state[0] = state[1] = 0;
  return kDone;
}

// A waiter that was notified, and one that gave up, waits for the lock.
std::optional<Answer> come_back_to_lock(const Operation& operation, ModelState& state) {
  Present waiters(state, 2);
  const Entry* const waiter = waiters.find(operation.first);
  if (waiter == nullptr || waiter->how == kWaits || state[1] != 0) return std::nullopt;
  state[0] = waiter->owner;
  state[1] = waiter->detail;
  const bool in_time = waiter->how == kServed;
  waiters.drop(waiter);
  return waiters.answer(in_time ? kDone : done(1));
}

// ---- Barrier.

void dismiss(Present& parties) {
  for (Entry& party : parties) {
    if (party.how == kWaits) party.how = kDismissed;
  }
}

std::optional<Answer> arrive_at_barrier(const Operation& operation, ModelState& state) {
  Present parties(state, 1);
  const bool broken = state[0] != 0;
  const int64_t place = parties.count(kWaits);
  const int64_t told = operation.second;
  if (told >= 0 && (broken || told != place)) return kRefused;
  parties.add({operation.first, owner_of(operation), place, broken ? kDismissed : kWaits});
  if (place + 1 == operation.object.bound) {
    for (Entry& party : parties) {
      if (party.how == kWaits) party.how = kServed;
    }
  }
  return parties.answer(kDone);
}

// ---- RWLock.

bool has_room(Present& present, bool written, bool writes) {
  const bool held = present.count(kHolds) + present.count(kLeft) > 0;
  return !held || (!written && !writes);
}

void hold(Present& present, int64_t owner) {
  for (Entry& entry : present) {
    if (entry.how != kHolds || entry.owner != owner) continue;
    ++entry.detail;
    return;
  }
  present.add({-1, owner, 1, kHolds});
  std::stable_sort(present.begin(), present.end(), [](const Entry& a, const Entry& b) {
    const bool holder = a.call < 0, other = b.call < 0;
    return holder != other ? holder : holder && a.owner < b.owner;
  });
}

// Grants it to those who have waited longest, as far as it goes.
void serve(Present& present, int64_t& written) {
  if (present.count(kHolds) + present.count(kLeft) == 0) written = 0;
  for (;;) {
    const auto first = std::find_if(present.begin(), present.end(),
                                    [](const Entry& entry) { return entry.how == kWaits; });
    if (first == present.end() || !has_room(present, written != 0, first->detail != 0)) return;
    first->how = kServed;
    written = first->detail;
    hold(present, first->owner);
  }
}

std::optional<Answer> arrive_at_rwlock(const Operation& operation, ModelState& state) {
  Present present(state, 1);
  const int64_t owner = owner_of(operation);
  const bool holds = std::any_of(present.begin(), present.end(), [&](const Entry& entry) {
    return entry.how == kHolds && entry.owner == owner;
  });
  const bool writes = operation.second != 0;
  if (holds && (state[0] != 0 || writes)) return kRefused;
  present.add({operation.first, owner, operation.second, holds ? kServed : kWaits});
  if (holds) hold(present, owner);
  serve(present, state[0]);
  return present.answer(kDone);
}

std::optional<Answer> release_rwlock(const Operation& operation, ModelState& state) {
  Present present(state, 1);
  const int64_t owner = owner_of(operation);
  auto holder = std::find_if(present.begin(), present.end(), [&](const Entry& entry) {
    return entry.how == kHolds && entry.owner == owner;
  });
  if (holder == present.end()) {
    holder = std::find_if(present.begin(), present.end(),
                          [](const Entry& entry) { return entry.how == kLeft; });
  }
  if (holder == present.end()) return kRefused;
  if (--holder->detail == 0) present.drop(&*holder);
  serve(present, state[0]);
  return present.answer(kDone);
}

std::optional<Answer> end_client_of_rwlock(const Operation& end, ModelState& state) {
  Present present(state, 1);
  const bool leaves = end.verb == Verb::kLeaves;
  present.drop_if([&](const Entry& entry) {
    return of_client(entry, end) && !(leaves && entry.how == kHolds);
  });
  for (Entry& entry : present) {
    if (of_client(entry, end)) entry.how = kLeft;
  }
  serve(present, state[0]);
  return present.answer(kDone);
}

}  // namespace

std::optional<Answer> on_condition(const Operation& operation, ModelState& state) {
  const bool is_owner = state[0] == owner_of(operation);
  Present waiters(state, 2);
  switch (operation.verb) {
    case Verb::kAcquire:
    case Verb::kRelease:
      return on_rlock(operation, state);
    case Verb::kNotify:
    case Verb::kNotifyAll:
      if (!is_owner) return kRefused;
      notify(waiters, operation.verb == Verb::kNotify ? operation.first : waiters.count(kWaits));
      return waiters.answer(kDone);
    case Verb::kArrives:
      return arrive_at_condition(operation, state);
    case Verb::kGivesUp: {
      Entry* const waiter = waiters.find(operation.first);
      if (waiter == nullptr || waiter->how != kWaits) return std::nullopt;
      waiter->how = kDismissed;
      return waiters.answer(kDone);
    }
    case Verb::kComesBack:
      return come_back_to_lock(operation, state);
    case Verb::kDies:
    case Verb::kLeaves:
      end_client(waiters, operation);
      waiters.answer(kDone);
      return on_rlock(operation, state);
    default:
      return kRefused;
  }
}

std::optional<Answer> on_barrier(const Operation& operation, ModelState& state) {
  Present parties(state, 1);
  int64_t& broken = state[0];
  Entry* const party = parties.find(operation.first);
  switch (operation.verb) {
    case Verb::kArrives:
      return arrive_at_barrier(operation, state);
    case Verb::kGivesUp:
      if (party == nullptr || party->how != kWaits) return std::nullopt;
      broken = 1;
      dismiss(parties);
      return parties.answer(kDone);
    case Verb::kComesBack: {
      if (party == nullptr || party->how == kWaits) return std::nullopt;
      const Answer told = party->how == kServed ? done(party->detail) : kRefused;
      parties.drop(party);
      return parties.answer(told);
    }
    case Verb::kAbort:
    case Verb::kReset:
      broken = operation.verb == Verb::kAbort ? 1 : 0;
      dismiss(parties);
      return parties.answer(kDone);
    case Verb::kLength:
      return done(parties.count(kWaits));
    case Verb::kIsSet:
      return done(broken);
    case Verb::kDies:
    case Verb::kLeaves:
      for (const Entry& entry : parties) {
        if (of_client(entry, operation) && entry.how == kWaits) broken = 1;
      }
      if (broken != 0) dismiss(parties);
      parties.drop_if([&](const Entry& entry) { return of_client(entry, operation); });
      return parties.answer(kDone);
    default:
      return kRefused;
  }
}

std::optional<Answer> on_rwlock(const Operation& operation, ModelState& state) {
  Present present(state, 1);
  Entry* const caller = present.find(operation.first);
  switch (operation.verb) {
    case Verb::kArrives:
      return arrive_at_rwlock(operation, state);
    case Verb::kGivesUp:
      if (caller == nullptr || caller->how != kWaits) return std::nullopt;
      present.drop(caller);
      serve(present, state[0]);
      return present.answer(kDone);
    case Verb::kComesBack:
      if (caller == nullptr || caller->how == kWaits) return std::nullopt;
      present.drop(caller);
      return present.answer(kDone);
    case Verb::kRelease:
      return release_rwlock(operation, state);
    case Verb::kLength:
      if (state[0] != 0) return done(-1);
      return done(present.count(kHolds) + present.count(kLeft));
    case Verb::kDies:
    case Verb::kLeaves:
      return end_client_of_rwlock(operation, state);
    default:
      return kRefused;
  }
}

}  // namespace syncmanager::linearizability

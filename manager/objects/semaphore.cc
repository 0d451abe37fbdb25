// Semaphore and BoundedSemaphore, after threading's.
//
// Between calls:
//   - the longest waiter wants more than is free: a later, smaller request stands behind it;
//   - free_ and what the holders have are together what was there at first and what was released
//     beyond that; a BoundedSemaphore's sum never changes.
// A release counts for its own session first, then for the longest holder. So permits
// may be handed across processes, and those of a dead session come back exactly once.

#include <algorithm>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/strings/str_cat.h"
#include "manager/core/check.h"
#include "manager/core/object.h"
#include "manager/core/services.h"
#include "manager/core/session.h"
#include "manager/objects/catalog.h"

namespace syncmanager::manager {
namespace {

class Semaphore final : public Object {
 public:
  Semaphore(bool bounded, const wire::SemaphoreOptions& options)
      : bounded_(bounded),
        initial_(options.value()),
        release_on_exit_(options.release_on_exit()),
        free_(options.value()) {}

  void perform(Call call) override;
  bool fill(Call& call, Options& options) override;
  bool same_shape(const Options& options) const override;
  void session_ended(SessionNumber session, bool goodbye) override;
  void gave_up(WaitList& list, Call call, GiveUp reason) override;
  uint64_t size() const override { return static_cast<uint64_t>(free_); }
  void describe(wire::ObjectState& state) const override;
  void save(Snapshot& snapshot) const override;
  void check_invariants() const override;

 private:
  // The permits that one session has taken.
  struct Holder {
    SessionNumber session;
    int64_t permits;
    Time since;
  };
  // By place: the longest holder is first. Permits left behind at goodbye are one entry
  // in front of all, so that sessions that come and go don't fill the table.
  using Holders = absl::btree_map<uint64_t, Holder>;
  static constexpr uint64_t kLeftBehind = 0;

  void acquire(Call call);
  void release(Call call);
  void grant(Call call);
  void serve();
  // Takes up to `count` permits from a holder; returns how many it had.
  int64_t take_back(Holders::iterator holder, int64_t count);
  void leave_behind(uint64_t place);

  static int64_t wanted(const Call& call) {
    return std::max<int64_t>(call.request().semaphore().acquire().permits(), 1);
  }

  const bool bounded_;
  const int64_t initial_;
  const bool release_on_exit_;
  int64_t free_;
  int64_t held_ = 0;
  uint64_t last_place_ = 0;
  Holders holders_;
  absl::btree_map<SessionNumber, uint64_t> places_;  // Of the sessions in holders_.
  WaitList acquirers_{this, "acquire"};
};

void Semaphore::perform(Call call) {
  switch (call.request().semaphore().method_case()) {
    case wire::SemaphoreOp::kAcquire:
      return acquire(std::move(call));
    case wire::SemaphoreOp::kRelease:
      return release(std::move(call));
    case wire::SemaphoreOp::kValue:
      return call.reply_integer(free_);
    case wire::SemaphoreOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a semaphore");
}

void Semaphore::acquire(Call call) {
  if (call.request().semaphore().acquire().permits() < 0) {
    return call.refuse(wire::BAD_VALUE, "permits must be one or more");
  }
  const int64_t max = bounded_ ? initial_ : services().limits().semaphore_value;
  if (wanted(call) > max) {
    return call.refuse(wire::BAD_VALUE, absl::StrCat("this semaphore never has ", wanted(call),
                                                     " permits, but at most ", max));
  }
  if (!acquirers_.empty() || free_ < wanted(call)) return acquirers_.park(std::move(call));
  grant(std::move(call));
}

void Semaphore::release(Call call) {
  const int64_t permits = call.request().semaphore().release().permits();
  if (permits < 0) return call.refuse(wire::BAD_VALUE, "n must be one or more");
  int64_t count = std::max<int64_t>(permits, 1);
  if (bounded_ && count > initial_ - free_) {
    return call.refuse(wire::BAD_VALUE, "Semaphore released too many times");
  }
  const int64_t max = services().limits().semaphore_value;
  if (count > max - free_) {
    return call.refuse(wire::OVERFLOW_ERROR,
                       absl::StrCat("a semaphore has at most ", max, " permits"));
  }
  const auto own = places_.find(call.session().number());
  call.reply();
  free_ += count;
  if (own != places_.end()) count -= take_back(holders_.find(own->second), count);
  while (count > 0 && !holders_.empty()) count -= take_back(holders_.begin(), count);
  serve();
}

void Semaphore::grant(Call call) {
  const int64_t count = wanted(call);
  const SessionNumber session = call.session().number();
  free_ -= count;
  held_ += count;
  const auto [place, first] = places_.try_emplace(session, last_place_ + 1);
  if (first) {
    holders_.emplace(++last_place_, Holder{session, count, services().now()});
    call.session().hold(*this);
  } else {
    holders_.find(place->second)->second.permits += count;
  }
  call.reply();
}

void Semaphore::serve() {
  while (!acquirers_.empty() && wanted(acquirers_.first()->call) <= free_) {
    grant(*acquirers_.pop());
  }
}

int64_t Semaphore::take_back(Holders::iterator holder, int64_t count) {
  const int64_t taken = std::min(holder->second.permits, count);
  held_ -= taken;
  holder->second.permits -= taken;
  if (holder->second.permits > 0) return taken;
  if (Session* session = services().session(holder->second.session)) session->unhold(*this);
  places_.erase(holder->second.session);
  holders_.erase(holder);
  return taken;
}

void Semaphore::session_ended(SessionNumber session, bool goodbye) {
  const auto place = places_.find(session);
  if (place == places_.end()) return;
  if (goodbye && !release_on_exit_) return leave_behind(place->second);
  const auto holder = holders_.find(place->second);
  free_ += take_back(holder, holder->second.permits);
  serve();
}

void Semaphore::leave_behind(uint64_t place) {
  const Holder holder = holders_.at(place);
  holders_.erase(place);
  places_.erase(holder.session);
  holders_.try_emplace(kLeftBehind, Holder{0, 0, holder.since}).first->second.permits +=
      holder.permits;
}

void Semaphore::check_invariants() const {
  CHECK(free_ >= 0);
  CHECK(acquirers_.empty() || wanted(acquirers_.first()->call) > free_);
  int64_t sum = free_;
  for (const auto& [place, holder] : holders_) sum += holder.permits;
  CHECK(bounded_ ? sum == initial_ : sum >= initial_);
}

// The first waiter may have wanted more than the waiters behind it.
void Semaphore::gave_up(WaitList&, Call call, GiveUp reason) {
  call.give_up(reason);
  if (reason != GiveUp::kObjectGone) serve();
}

bool Semaphore::fill(Call& call, Options&) {
  const int64_t max = services().limits().semaphore_value;
  if (initial_ <= max) return true;
  call.refuse(wire::INVALID_ARGUMENT, absl::StrCat("a semaphore has at most ", max, " permits"));
  return false;
}

bool Semaphore::same_shape(const Options& options) const {
  return (bounded_ ? options.bounded_semaphore() : options.semaphore()).value() == initial_;
}

void Semaphore::describe(wire::ObjectState& state) const {
  for (const auto& [place, holder] : holders_) {
    if (state.holders_size() == kMaxShown) break;
    wire::CallerState& caller = *state.add_holders();
    services().describe_caller({.session = holder.session}, holder.since, caller);
    caller.set_count(static_cast<uint64_t>(holder.permits));
    caller.set_left_behind(holder.session == 0);
  }
  state.set_detail(absl::StrCat("initially ", initial_, ", free ", free_, ", held ", held_));
}

void Semaphore::save(Snapshot& snapshot) const {
  snapshot.boolean(bounded_);
  snapshot.number(static_cast<uint64_t>(initial_));
  snapshot.boolean(release_on_exit_);
  snapshot.number(static_cast<uint64_t>(free_));
  snapshot.number(last_place_);
  snapshot.number(holders_.size());
  for (const auto& [place, holder] : holders_) {
    snapshot.number(place);
    snapshot.number(holder.session);
    snapshot.number(static_cast<uint64_t>(holder.permits));
    snapshot.number(static_cast<uint64_t>(holder.since.time_since_epoch().count()));
  }
}

absl::StatusOr<std::unique_ptr<Object>> make(bool bounded, const wire::SemaphoreOptions& options) {
  if (options.value() < 0) return absl::OutOfRangeError("semaphore initial value must be >= 0");
  return std::make_unique<Semaphore>(bounded, options);
}

}  // namespace

Access access_to_semaphore(const wire::Request& request) {
  using Op = wire::SemaphoreOp;
  switch (request.semaphore().method_case()) {
    case Op::kValue:
      return Access::kRead;
    case Op::kAcquire:
    case Op::kRelease:
    case Op::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_semaphore(const Options& options) {
  return make(false, options.semaphore());
}

absl::StatusOr<std::unique_ptr<Object>> make_bounded_semaphore(const Options& options) {
  return make(true, options.bounded_semaphore());
}

}  // namespace syncmanager::manager

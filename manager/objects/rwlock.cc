// RWLock: many readers or one writer.
//
// Between calls:
//   - there are readers, or a writer, or neither;
//   - a call waits only while it is held, and the longest waiter can't have it yet.
// First come first served, so neither side starves: a reader who comes after a waiting writer waits
// behind it. The exception is a caller who reads already: it would wait for itself.
//
// A writer that dies leaves a mark: everybody is told, until the next writer has put it right.

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

class RWLock final : public Object {
 public:
  explicit RWLock(bool release_on_exit) : release_on_exit_(release_on_exit) {}

  void perform(Call call) override;
  void session_ended(SessionNumber session, bool goodbye) override;
  void gave_up(WaitList& list, Call call, GiveUp reason) override;
  bool is_held(uint64_t fencing) const override;
  uint64_t size() const override { return holders_.size(); }
  void describe(wire::ObjectState& state) const override;
  void save(Snapshot& snapshot) const override;
  void check_invariants() const override;

 private:
  struct Holder {
    uint64_t count;  // How often a reader has taken it; a writer once.
    uint64_t fencing;
    Time since;
    bool left_behind = false;  // Its session said goodbye: anybody may release it.
  };
  using Holders = absl::btree_map<Caller, Holder>;

  void acquire(Call call);
  void release(Call call);
  void grant(Call call);
  void serve();
  bool has_room(const Call& call) const { return holders_.empty() || (!written_ && !writes(call)); }
  Holders::iterator releasable(Caller caller);
  void drop(Holders::iterator holder);

  static bool writes(const Call& call) { return call.request().rwlock().has_acquire_write(); }

  const bool release_on_exit_;
  bool written_ = false;  // The one holder is a writer.
  bool abandoned_ = false;
  Holders holders_;
  WaitList acquirers_{this, "acquire"};
};

void RWLock::check_invariants() const {
  CHECK(!written_ || holders_.size() == 1);
  CHECK(acquirers_.empty() || !has_room(acquirers_.first()->call));
}

void RWLock::perform(Call call) {
  switch (call.request().rwlock().method_case()) {
    case wire::RWLockOp::kAcquireRead:
    case wire::RWLockOp::kAcquireWrite:
      return acquire(std::move(call));
    case wire::RWLockOp::kRelease:
      return release(std::move(call));
    case wire::RWLockOp::kLocked:
      return call.reply_integer(written_ ? -1 : static_cast<int64_t>(holders_.size()));
    case wire::RWLockOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a read-write lock");
}

void RWLock::acquire(Call call) {
  const auto own = holders_.find(call.caller());
  if (own != holders_.end()) {
    if (!written_ && !writes(call)) return grant(std::move(call));
    return call.refuse(wire::REFUSED, "this caller holds the lock and would wait for itself");
  }
  if (!acquirers_.empty() || !has_room(call)) return acquirers_.park(std::move(call));
  if (holders_.size() >= services().limits().readers) {
    return call.refuse(wire::RESOURCE_EXHAUSTED,
                       absl::StrCat("the lock has its limit of ", holders_.size(), " readers"));
  }
  grant(std::move(call));
}

// A writer's grant: readers exclude nobody whose write they could vouch for.
bool RWLock::is_held(uint64_t fencing) const {
  return written_ && holders_.begin()->second.fencing == fencing;
}

void RWLock::grant(Call call) {
  const auto [holder, first] = holders_.try_emplace(call.caller());
  if (first) {
    holder->second = {
        .count = 0, .fencing = services().next_fencing_number(), .since = services().now()};
    call.session().hold(*this);
  }
  ++holder->second.count;
  wire::Reply reply;
  reply.mutable_grant()->set_fencing(holder->second.fencing);
  reply.mutable_grant()->set_abandoned(abandoned_);
  written_ = writes(call);
  if (written_) abandoned_ = false;
  call.reply(reply);
}

void RWLock::release(Call call) {
  const auto holder = releasable(call.caller());
  if (holder == holders_.end()) {
    return call.refuse(wire::REFUSED, "cannot release un-acquired lock");
  }
  call.reply();
  if (--holder->second.count == 0) drop(holder);
  serve();
}

RWLock::Holders::iterator RWLock::releasable(Caller caller) {
  const auto own = holders_.find(caller);
  if (own != holders_.end()) return own;
  return std::find_if(holders_.begin(), holders_.end(),
                      [](const auto& holder) { return holder.second.left_behind; });
}

void RWLock::drop(Holders::iterator holder) {
  if (Session* session = services().session(holder->first.session)) session->unhold(*this);
  holders_.erase(holder);
  if (holders_.empty()) written_ = false;
}

void RWLock::serve() {
  while (!acquirers_.empty() && has_room(acquirers_.first()->call)) grant(*acquirers_.pop());
}

void RWLock::session_ended(SessionNumber session, bool goodbye) {
  auto holder = holders_.lower_bound(Caller{.session = session, .thread = 0});
  if (goodbye && !release_on_exit_) {
    for (; holder != holders_.end() && holder->first.session == session; ++holder) {
      holder->second.left_behind = true;
    }
    return;
  }
  while (holder != holders_.end() && holder->first.session == session) {
    abandoned_ = abandoned_ || (written_ && !goodbye);
    drop(holder);
    holder = holders_.lower_bound(Caller{.session = session, .thread = 0});
  }
  serve();
}

// Readers may have stood behind a writer who no longer waits.
void RWLock::gave_up(WaitList&, Call call, GiveUp reason) {
  call.give_up(reason);
  if (reason != GiveUp::kObjectGone) serve();
}

void RWLock::describe(wire::ObjectState& state) const {
  for (const auto& [caller, holder] : holders_) {
    if (state.holders_size() == kMaxShown) return;
    wire::CallerState& shown = *state.add_holders();
    services().describe_caller(caller, holder.since, shown);
    shown.set_fencing(holder.fencing);
    shown.set_count(holder.count);
    shown.set_left_behind(holder.left_behind);
    shown.set_what(written_ ? "write" : "read");
  }
}

void RWLock::save(Snapshot& snapshot) const {
  snapshot.boolean(release_on_exit_);
  snapshot.boolean(written_);
  snapshot.boolean(abandoned_);
  snapshot.number(holders_.size());
  for (const auto& [caller, holder] : holders_) {
    snapshot.number(caller.session);
    snapshot.number(caller.thread);
    snapshot.number(holder.count);
    snapshot.number(holder.fencing);
    snapshot.number(static_cast<uint64_t>(holder.since.time_since_epoch().count()));
    snapshot.boolean(holder.left_behind);
  }
}

}  // namespace

Access access_to_rwlock(const wire::Request& request) {
  switch (request.rwlock().method_case()) {
    case wire::RWLockOp::kLocked:
      return Access::kRead;
    case wire::RWLockOp::kAcquireRead:
    case wire::RWLockOp::kAcquireWrite:
    case wire::RWLockOp::kRelease:
    case wire::RWLockOp::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_rwlock(const Options& options) {
  return std::make_unique<RWLock>(options.rwlock().release_on_exit());
}

}  // namespace syncmanager::manager

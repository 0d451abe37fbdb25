// Barrier, after threading.Barrier: as many as its parties wait for each other, and pass together.
//
// Between calls:
//   - fewer wait than there are parties;
//   - nobody waits while it is broken.
// A place is the number of parties that came before. A waiter keeps its place to the end: a
// party that times out, is cancelled or whose session ends breaks the barrier for all, so nobody
// passes together with a ghost.

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "manager/core/check.h"
#include "manager/core/object.h"
#include "manager/core/services.h"
#include "manager/core/session.h"
#include "manager/objects/catalog.h"

namespace syncmanager::manager {
namespace {

class Barrier final : public Object {
 public:
  Barrier(uint64_t parties, std::optional<Duration> timeout)
      : parties_(parties), timeout_(timeout) {}

  void perform(Call call) override;
  bool fill(Call& call, Options& options) override;
  bool same_shape(const Options& options) const override;
  void gave_up(WaitList& list, Call call, GiveUp reason) override;
  uint64_t size() const override { return waiters_.size(); }
  void describe(wire::ObjectState& state) const override;
  void save(Snapshot& snapshot) const override;
  void check_invariants() const override;

 private:
  void wait(Call call);
  void abort(Call call);
  void reset(Call call);
  void inspect(Call call) const;
  // Lets go everybody who waits with BROKEN_BARRIER and this reason.
  void dismiss(const std::string& reason);
  void break_for_all(std::string reason);

  const uint64_t parties_;
  const std::optional<Duration> timeout_;  // For those who bring none of their own.
  std::string broken_by_;                  // Why it is broken; empty while it is not.
  WaitList waiters_{this, "wait"};
};

// Who did something, for the message that the others get.
std::string party(const Call& call) {
  return absl::StrCat("session ", call.session().number(), " (", call.session().client_name(), ")");
}

void Barrier::perform(Call call) {
  switch (call.request().barrier().method_case()) {
    case wire::BarrierOp::kWait:
      return wait(std::move(call));
    case wire::BarrierOp::kAbort:
      return abort(std::move(call));
    case wire::BarrierOp::kReset:
      return reset(std::move(call));
    case wire::BarrierOp::kInspect:
      return inspect(std::move(call));
    case wire::BarrierOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a barrier");
}

void Barrier::check_invariants() const {
  CHECK(waiters_.empty() || waiters_.size() < parties_);
  CHECK(waiters_.empty() || broken_by_.empty());
}

void Barrier::wait(Call call) {
  if (!broken_by_.empty()) return call.refuse(wire::BROKEN_BARRIER, broken_by_);
  if (waiters_.size() + 1 < parties_) return waiters_.park_at_most(std::move(call), timeout_);
  int64_t place = 0;
  while (std::optional<Call> waiter = waiters_.pop()) waiter->reply_integer(place++);
  call.reply_integer(place);
}

void Barrier::abort(Call call) {
  const std::string who = party(call);
  call.reply();
  break_for_all(absl::StrCat("the barrier was aborted by ", who));
}

void Barrier::reset(Call call) {
  const std::string who = party(call);
  call.reply();
  broken_by_.clear();
  dismiss(absl::StrCat("the barrier was reset by ", who));
}

void Barrier::inspect(Call call) const {
  wire::Reply reply;
  reply.mutable_barrier()->set_parties(parties_);
  reply.mutable_barrier()->set_waiting(waiters_.size());
  reply.mutable_barrier()->set_broken(!broken_by_.empty());
  call.reply(reply);
}

void Barrier::dismiss(const std::string& reason) {
  while (std::optional<Call> waiter = waiters_.pop()) waiter->refuse(wire::BROKEN_BARRIER, reason);
}

void Barrier::break_for_all(std::string reason) {
  broken_by_ = std::move(reason);
  dismiss(broken_by_);
}

// As in CPython, a party that times out gets the same answer as the others: the barrier is broken.
void Barrier::gave_up(WaitList&, Call call, GiveUp reason) {
  const std::string who = party(call);
  switch (reason) {
    case GiveUp::kTimedOut:
      break_for_all(absl::StrCat(who, " timed out while waiting at the barrier"));
      return call.refuse(wire::BROKEN_BARRIER, broken_by_);
    case GiveUp::kCancelled:
      call.give_up(reason);
      return break_for_all(absl::StrCat(who, " was cancelled while waiting at the barrier"));
    case GiveUp::kSessionEnded:
      call.give_up(reason);
      return break_for_all(absl::StrCat(who, " ended while waiting at the barrier"));
    case GiveUp::kObjectGone:
    case GiveUp::kDraining:  // The others are told the same.
      return call.give_up(reason);
  }
}

bool Barrier::fill(Call& call, Options&) {
  const Limits& limits = services().limits();
  if (parties_ > static_cast<uint64_t>(limits.barrier_parties)) {
    call.refuse(wire::INVALID_ARGUMENT,
                absl::StrCat("a barrier has at most ", limits.barrier_parties, " parties"));
    return false;
  }
  if (timeout_ && (*timeout_ < Duration::zero() || *timeout_ > limits.timeout)) {
    call.refuse(wire::INVALID_ARGUMENT,
                absl::StrCat("a timeout is at most a year (", limits.timeout.count(), " us)"));
    return false;
  }
  return true;
}

bool Barrier::same_shape(const Options& options) const {
  return options.barrier().parties() == static_cast<int64_t>(parties_);
}

void Barrier::describe(wire::ObjectState& state) const {
  state.set_detail(
      absl::StrCat("parties ", parties_, broken_by_.empty() ? "" : ", broken: ", broken_by_));
}

void Barrier::save(Snapshot& snapshot) const {
  snapshot.number(parties_);
  snapshot.boolean(timeout_.has_value());
  if (timeout_) snapshot.number(static_cast<uint64_t>(timeout_->count()));
  snapshot.text(broken_by_);
}

}  // namespace

Access access_to_barrier(const wire::Request& request) {
  switch (request.barrier().method_case()) {
    case wire::BarrierOp::kInspect:
      return Access::kRead;
    case wire::BarrierOp::kWait:
    case wire::BarrierOp::kAbort:
    case wire::BarrierOp::kReset:
    case wire::BarrierOp::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_barrier(const Options& options) {
  const wire::BarrierOptions& barrier = options.barrier();
  if (barrier.parties() < 1) return absl::OutOfRangeError("parties must be >= 1");
  std::optional<Duration> timeout;
  if (barrier.has_timeout_us()) {
    timeout = Duration(static_cast<Duration::rep>(barrier.timeout_us()));
  }
  return std::make_unique<Barrier>(static_cast<uint64_t>(barrier.parties()), timeout);
}

}  // namespace syncmanager::manager

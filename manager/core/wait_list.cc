#include "manager/core/wait_list.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "manager/core/check.h"
#include "manager/core/engine.h"
#include "manager/core/object.h"

namespace syncmanager::manager {
namespace {

Time deadline_of(const Call& call, Time now) {
  const wire::Request& request = call.request();
  if (!request.has_timeout_us()) return kNever;
  return now + Duration(static_cast<Duration::rep>(request.timeout_us()));
}

}  // namespace

WaitList::WaitList(Object* object, const char* what, bool retains_object)
    : object_(object), retains_object_(retains_object), what_(what) {
  object->wait_lists_.push_back(this);
}

WaitList::~WaitList() { CHECK(empty()); }

bool WaitList::admits(Call& call) const { return object_->engine_->admit(call); }

void WaitList::park(Call call) { park_at_most(std::move(call), std::nullopt); }

void WaitList::park_at_most(Call call, std::optional<Duration> timeout) {
  if (!call.may_wait()) return object_->gave_up(*this, std::move(call), GiveUp::kTimedOut);
  if (!admits(call)) return;
  const Time now = object_->engine_->now();
  Time deadline = deadline_of(call, now);
  if (deadline == kNever && timeout) deadline = now + *timeout;
  park_until(std::move(call), deadline, false);
}

void WaitList::park_for_ever(Call call) { park_until(std::move(call), kNever, true); }

void WaitList::park_until(Call call, Time deadline, bool stays) {
  Engine& engine = *object_->engine_;
  call.own_request();
  Waiter* waiter = new Waiter{.call = std::move(call),
                              .list = this,
                              .number = 0,
                              .since = engine.now(),
                              .deadline = deadline,
                              .stays = stays,
                              .previous = last_};
  (last_ != nullptr ? last_->next : first_) = waiter;
  last_ = waiter;
  ++size_;
  engine.parked_one(*waiter);
}

std::optional<Call> WaitList::pop() {
  if (empty()) return std::nullopt;
  return remove(*first_);
}

Call WaitList::remove(Waiter& waiter) {
  CHECK(waiter.list == this);
  object_->engine_->unparked_one(waiter);
  (waiter.previous != nullptr ? waiter.previous->next : first_) = waiter.next;
  (waiter.next != nullptr ? waiter.next->previous : last_) = waiter.previous;
  --size_;
  const std::unique_ptr<Waiter> owner(&waiter);
  return std::move(waiter.call);
}

}  // namespace syncmanager::manager

// Event, after threading.Event: a flag to wait for.
//
// Between calls somebody waits only while the flag is down. Raising it lets go everybody who waits
// then, even if it is lowered at once.

#include <utility>

#include "manager/core/check.h"
#include "manager/core/object.h"
#include "manager/objects/catalog.h"

namespace syncmanager::manager {
namespace {

class Event final : public Object {
 public:
  void perform(Call call) override;
  uint64_t size() const override { return set_ ? 1 : 0; }
  void describe(wire::ObjectState& state) const override {
    state.set_detail(set_ ? "set" : "not set");
  }
  void save(Snapshot& snapshot) const override { snapshot.boolean(set_); }
  void check_invariants() const override { CHECK(waiters_.empty() || !set_); }

 private:
  void set(Call call);

  bool set_ = false;
  WaitList waiters_{this, "wait"};
};

void Event::perform(Call call) {
  switch (call.request().event().method_case()) {
    case wire::EventOp::kSet:
      return set(std::move(call));
    case wire::EventOp::kClear:
      set_ = false;
      return call.reply();
    case wire::EventOp::kIsSet:
      return call.reply_boolean(set_);
    case wire::EventOp::kWait:
      return set_ ? call.reply() : waiters_.park(std::move(call));
    case wire::EventOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of an event");
}

void Event::set(Call call) {
  set_ = true;
  call.reply();
  while (std::optional<Call> waiter = waiters_.pop()) waiter->reply();
}

}  // namespace

Access event_access(const wire::Request& request) {
  using Op = wire::EventOp;
  switch (request.event().method_case()) {
    case Op::kIsSet:
      return Access::kRead;
    case Op::kSet:
    case Op::kClear:
    case Op::kWait:
    case Op::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_event(const Options&) {
  return std::make_unique<Event>();
}

}  // namespace syncmanager::manager

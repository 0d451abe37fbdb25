// Counter: a number that callers add to, and wait for. It counts up where a Latch counts down, and
// has no end.
//
// Between calls every parked call waits for more than the number. Waiting doesn't keep the Counter
// alive: without another reference to it nothing can be added, so the calls are told that it ended.

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "manager/core/check.h"
#include "manager/core/object.h"
#include "manager/core/services.h"
#include "manager/objects/catalog.h"

namespace syncmanager::manager {
namespace {

constexpr int64_t kNobody = std::numeric_limits<int64_t>::max();

int64_t wanted_by(const Call& call) { return call.request().counter().wait().at_least(); }

class Counter final : public Object {
 public:
  explicit Counter(int64_t initial) : initial_(initial), number_(initial) {}

  void perform(Call call) override;
  bool same_shape(const Options& options) const override {
    return options.counter().initial() == initial_;
  }
  uint64_t size() const override { return static_cast<uint64_t>(std::max<int64_t>(number_, 0)); }
  void describe(wire::ObjectState& state) const override {
    state.set_detail(absl::StrCat("at ", number_, ", initially ", initial_));
  }
  void save(Snapshot& snapshot) const override;
  void check_invariants() const override;

 private:
  void add(Call call);
  void wait(Call call);
  // Answers the calls that wait for no more than the number.
  void serve();

  const int64_t initial_;
  int64_t number_;
  WaitList waiters_{this, "wait", false};
  // No parked call waits for less. It may be too low, as calls give up.
  int64_t least_wanted_ = kNobody;
};

void Counter::perform(Call call) {
  switch (call.request().counter().method_case()) {
    case wire::CounterOp::kAdd:
      return add(std::move(call));
    case wire::CounterOp::kGet:
      return call.reply_integer(number_);
    case wire::CounterOp::kWait:
      return wait(std::move(call));
    case wire::CounterOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a counter");
}

void Counter::add(Call call) {
  int64_t sum = 0;
  if (__builtin_add_overflow(number_, call.request().counter().add().amount(), &sum)) {
    return call.refuse(wire::OVERFLOW_ERROR, "the sum doesn't fit into 64 bits");
  }
  number_ = sum;
  call.reply_integer(number_);
  if (number_ >= least_wanted_) serve();
}

void Counter::wait(Call call) {
  const int64_t wanted = wanted_by(call);
  if (number_ >= wanted) return call.reply();
  least_wanted_ = std::min(least_wanted_, wanted);
  waiters_.park(std::move(call));
}

void Counter::serve() {
  least_wanted_ = kNobody;
  for (Waiter* waiter = waiters_.first(); waiter != nullptr;) {
    Waiter& current = *std::exchange(waiter, waiter->next);
    const int64_t wanted = wanted_by(current.call);
    if (number_ >= wanted) {
      waiters_.remove(current).reply();
    } else {
      least_wanted_ = std::min(least_wanted_, wanted);
    }
  }
}

void Counter::check_invariants() const {
  for (const Waiter* waiter = waiters_.first(); waiter != nullptr; waiter = waiter->next) {
    CHECK(wanted_by(waiter->call) > number_);
    CHECK(wanted_by(waiter->call) >= least_wanted_);
  }
}

void Counter::save(Snapshot& snapshot) const {
  snapshot.number(static_cast<uint64_t>(initial_));
  snapshot.number(static_cast<uint64_t>(number_));
}

}  // namespace

Access access_to_counter(const wire::Request& request) {
  switch (request.counter().method_case()) {
    case wire::CounterOp::kGet:
      return Access::kRead;
    case wire::CounterOp::kAdd:
    case wire::CounterOp::kWait:
    case wire::CounterOp::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_counter(const Options& options) {
  return std::make_unique<Counter>(options.counter().initial());
}

}  // namespace syncmanager::manager

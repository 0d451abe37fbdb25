// Latch, after Java's CountDownLatch: opens once and for all when its count has come down to 0.
//
// Between calls somebody waits only while the count isn't 0. Who waits doesn't keep it: when nobody
// refers to it any more it never opens, and ends. So one can wait for that, too.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "manager/core/check.h"
#include "manager/core/engine.h"
#include "manager/core/object.h"
#include "manager/objects/catalog.h"

namespace syncmanager::manager {
namespace {

class Latch final : public Object {
 public:
  explicit Latch(int64_t count) : initial_(count), count_(count) {}

  void perform(Call call) override;
  bool fill(Call& call, Options& options) override;
  bool same_shape(const Options& options) const override {
    return options.latch().count() == initial_;
  }
  uint64_t size() const override { return static_cast<uint64_t>(count_); }
  void describe(wire::ObjectState& state) const override {
    state.set_detail(absl::StrCat("initially ", initial_));
  }
  void save(Snapshot& snapshot) const override;
  void check_invariants() const override {
    CHECK(count_ >= 0);
    CHECK(waiters_.empty() || count_ > 0);
  }

 private:
  void count_down(Call call);

  const int64_t initial_;
  int64_t count_;
  WaitList waiters_{this, "wait", false};
};

void Latch::perform(Call call) {
  switch (call.request().latch().method_case()) {
    case wire::LatchOp::kCountDown:
      return count_down(std::move(call));
    case wire::LatchOp::kWait:
      return count_ == 0 ? call.reply() : waiters_.park(std::move(call));
    case wire::LatchOp::kCount:
      return call.reply_integer(count_);
    case wire::LatchOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a latch");
}

void Latch::count_down(Call call) {
  const int64_t count = call.request().latch().count_down().count();
  if (count < 0) return call.refuse(wire::BAD_VALUE, "count must be one or more");
  count_ -= std::min(std::max<int64_t>(count, 1), count_);
  call.reply();
  if (count_ > 0) return;
  while (std::optional<Call> waiter = waiters_.pop()) waiter->reply();
}

bool Latch::fill(Call& call, Options&) {
  const int64_t max = engine().limits().semaphore_value;
  if (initial_ <= max) return true;
  call.refuse(wire::INVALID_ARGUMENT, absl::StrCat("a latch counts from at most ", max));
  return false;
}

void Latch::save(Snapshot& snapshot) const {
  snapshot.number(static_cast<uint64_t>(initial_));
  snapshot.number(static_cast<uint64_t>(count_));
}

}  // namespace

Access latch_access(const wire::Request& request) {
  using Op = wire::LatchOp;
  switch (request.latch().method_case()) {
    case Op::kCount:
      return Access::kRead;
    case Op::kCountDown:
    case Op::kWait:
    case Op::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_latch(const Options& options) {
  if (options.latch().count() < 0) return absl::OutOfRangeError("count must be >= 0");
  return std::make_unique<Latch>(options.latch().count());
}

}  // namespace syncmanager::manager

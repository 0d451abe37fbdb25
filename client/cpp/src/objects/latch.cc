#include "syncmanager/latch.h"

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::LatchOp;

constexpr auto kLatch = &wire::Request::mutable_latch;
constexpr Operation kCount{kLatch, &Op::mutable_count, "count"};
constexpr Operation kCountDown{kLatch, &Op::mutable_count_down, "count_down",
                               &Op::CountDown::set_count};
constexpr Operation kWait{kLatch, &Op::mutable_wait, "wait"};

}  // namespace

CountDownLatch::CountDownLatch(const ReferencePtr& registry, std::string_view name, int64_t count)
    : CountDownLatch(open_object(registry, name, kType, [count](wire::RegistryOp::Open& open) {
        open.mutable_latch()->set_count(count);
      })) {}

void CountDownLatch::count_down(int64_t count) const {
  ask(reference_, kCountDown(count)).require();
}

int64_t CountDownLatch::count() const { return ask(reference_, kCount()).as<int64_t>(); }

bool CountDownLatch::wait(Timeout timeout) const {
  return ask(reference_, kWait(), timeout).in_time();
}

}  // namespace syncmanager

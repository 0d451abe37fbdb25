#include "syncmanager/latch.h"

#include "client/cpp/src/session/ask.h"

namespace syncmanager {

CountDownLatch::CountDownLatch(const ReferencePtr& registry, std::string_view name, int64_t count)
    : CountDownLatch(open_object(registry, name, kType, [count](wire::RegistryOp::Open& open) {
        open.mutable_latch()->set_count(count);
      })) {}

void CountDownLatch::count_down(int64_t count) const {
  ask(reference_, "count_down", Timeout::never(), [count](wire::Request& request) {
    request.mutable_latch()->mutable_count_down()->set_count(count);
  }).require();
}

int64_t CountDownLatch::count() const {
  return ask(reference_, "count", Timeout::never(),
             [](wire::Request& request) { request.mutable_latch()->mutable_count(); })
      .as<int64_t>();
}

bool CountDownLatch::wait(Timeout timeout) const {
  return ask(reference_, "wait", timeout,
             [](wire::Request& request) { request.mutable_latch()->mutable_wait(); })
      .in_time();
}

}  // namespace syncmanager

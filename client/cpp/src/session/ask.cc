#include "client/cpp/src/session/ask.h"

#include <atomic>

namespace syncmanager {

uint64_t new_caller() {
  static std::atomic<uint64_t> callers{0};
  return ++callers;
}

uint64_t this_caller() {
  thread_local const uint64_t number = new_caller();
  return number;
}

void address(wire::Request& request, const Reference& reference, Timeout timeout) {
  request.set_object(reference.object());
  request.set_caller(this_caller());
  if (const std::optional<uint64_t> microseconds = timeout.microseconds()) {
    request.set_timeout_us(*microseconds);
  }
  if (const Fence& fence = reference.fence(); fence.lock != 0) {
    request.mutable_fence()->set_lock(fence.lock);
    request.mutable_fence()->set_number(fence.number);
  }
  request.set_version(reference.version());
}

ReferencePtr registry_of(const std::shared_ptr<Session>& session) {
  return std::make_shared<const Reference>(session, 0, "", "");
}

ReferencePtr opened(const ReferencePtr& registry, std::string_view name, const Answer& answer) {
  answer.require();
  const auto opened = result_of<wire::Opened>(answer);
  return std::make_shared<const Reference>(registry->shared_session(), opened.object(),
                                           opened.type(), name);
}

}  // namespace syncmanager

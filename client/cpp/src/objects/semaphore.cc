#include "syncmanager/semaphore.h"

#include <syncmanager/error.h>

#include "client/cpp/src/session/ask.h"

namespace syncmanager {
namespace {

// On the wire 0 is what nobody said, and counts as 1.
void refuse_none(const ReferencePtr& reference, const char* operation, int64_t permits) {
  if (permits != 0) return;
  throw Refused(Answer(reference, operation).describe("permits must be one or more"));
}

}  // namespace

ReferencePtr SemaphoreCalls::open(const ReferencePtr& registry, std::string_view name,
                                  int64_t value, bool bounded, const SemaphoreOptions& options) {
  return open_object(registry, name, bounded ? "BoundedSemaphore" : "Semaphore",
                     [&](wire::RegistryOp::Open& open) {
                       wire::SemaphoreOptions& semaphore =
                           bounded ? *open.mutable_bounded_semaphore() : *open.mutable_semaphore();
                       semaphore.set_value(value);
                       semaphore.set_release_on_exit(options.release_on_exit);
                     });
}

bool SemaphoreCalls::acquire(int64_t permits, Timeout timeout) const {
  refuse_none(reference_, "acquire", permits);
  return ask(reference_, "acquire", timeout,
             [permits](wire::Request& request) {
               request.mutable_semaphore()->mutable_acquire()->set_permits(permits);
             })
      .in_time();
}

void SemaphoreCalls::release(int64_t permits) const {
  refuse_none(reference_, "release", permits);
  try {
    ask(reference_, "release", Timeout::never(), [permits](wire::Request& request) {
      request.mutable_semaphore()->mutable_release()->set_permits(permits);
    }).require();
  } catch (const Disconnected&) {
    // The session is over, and the manager has given the permits back with it.
  }
}

int64_t SemaphoreCalls::value() const {
  return ask(reference_, "value", Timeout::never(),
             [](wire::Request& request) { request.mutable_semaphore()->mutable_value(); })
      .as<int64_t>();
}

}  // namespace syncmanager

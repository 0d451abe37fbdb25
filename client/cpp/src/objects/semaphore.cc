#include "syncmanager/semaphore.h"

#include <syncmanager/error.h>

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::SemaphoreOp;

constexpr auto kSemaphore = &wire::Request::mutable_semaphore;
constexpr Operation kAcquire{kSemaphore, &Op::mutable_acquire, "acquire",
                             &Op::Acquire::set_permits};
constexpr Operation kRelease{kSemaphore, &Op::mutable_release, "release",
                             &Op::Release::set_permits};
constexpr Operation kValue{kSemaphore, &Op::mutable_value, "value"};

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
  return ask(reference_, kAcquire(permits), timeout).in_time();
}

void SemaphoreCalls::release(int64_t permits) const {
  refuse_none(reference_, "release", permits);
  try {
    ask(reference_, kRelease(permits)).require();
  } catch (const Disconnected&) {
    // The session is over, and the manager has given the permits back with it.
  }
}

int64_t SemaphoreCalls::value() const { return ask(reference_, kValue()).as<int64_t>(); }

}  // namespace syncmanager

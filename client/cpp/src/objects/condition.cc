#include "syncmanager/condition.h"

#include <syncmanager/error.h>

#include "client/cpp/src/session/ask.h"

namespace syncmanager {

Condition::Condition(const ReferencePtr& registry, std::string_view name, const LockCalls* lock,
                     const LockOptions& options)
    : Condition(open_object(registry, name, kType, [&](wire::RegistryOp::Open& open) {
        open.mutable_condition()->set_lock(lock == nullptr ? 0 : lock->id());
        open.mutable_condition()->set_release_on_exit(options.release_on_exit);
      })) {}

bool Condition::acquire(Timeout timeout) const {
  return ask(reference_, "lock", timeout,
             [](wire::Request& request) { request.mutable_condition()->mutable_acquire(); })
      .in_time();
}

void Condition::unlock() const {
  try {
    ask(reference_, "unlock", Timeout::never(), [](wire::Request& request) {
      request.mutable_condition()->mutable_release();
    }).require();
  } catch (const Disconnected&) {
    // The session is over, and the manager has given the lock back with it.
  }
}

bool Condition::locked() const {
  return ask(reference_, "locked", Timeout::never(),
             [](wire::Request& request) { request.mutable_condition()->mutable_locked(); })
      .boolean();
}

bool Condition::wait(Timeout timeout) const {
  const Answer answer = ask(reference_, "wait", timeout, [](wire::Request& request) {
    request.mutable_condition()->mutable_wait();
  });
  return answer.in_time() && !answer.grant().timed_out;
}

void Condition::notify(uint64_t count) const {
  if (count == 0) return;
  ask(reference_, "notify", Timeout::never(), [count](wire::Request& request) {
    request.mutable_condition()->mutable_notify()->set_count(count);
  }).require();
}

void Condition::notify_all() const {
  ask(reference_, "notify_all", Timeout::never(), [](wire::Request& request) {
    request.mutable_condition()->mutable_notify_all();
  }).require();
}

}  // namespace syncmanager

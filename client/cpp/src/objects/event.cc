#include "syncmanager/event.h"

#include "client/cpp/src/session/ask.h"

namespace syncmanager {
namespace {

void wait_of(wire::Request& request) { request.mutable_event()->mutable_wait(); }

}  // namespace

Event::Event(const ReferencePtr& registry, std::string_view name)
    : Event(open_object(registry, name, kType,
                        [](wire::RegistryOp::Open& open) { open.mutable_event(); })) {}

void Event::set() const {
  ask(reference_, "set", Timeout::never(), [](wire::Request& request) {
    request.mutable_event()->mutable_set();
  }).require();
}

void Event::clear() const {
  ask(reference_, "clear", Timeout::never(), [](wire::Request& request) {
    request.mutable_event()->mutable_clear();
  }).require();
}

bool Event::is_set() const {
  return ask(reference_, "is_set", Timeout::never(),
             [](wire::Request& request) { request.mutable_event()->mutable_is_set(); })
      .boolean();
}

bool Event::wait(Timeout timeout) const {
  return ask(reference_, "wait", timeout, wait_of).in_time();
}

Future<void> Event::async_wait() const {
  return {start(reference_, "wait", Timeout::never(), wait_of), read_nothing};
}

}  // namespace syncmanager

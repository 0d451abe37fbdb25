#include "syncmanager/event.h"

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::EventOp;

constexpr auto kEvent = &wire::Request::mutable_event;
constexpr Operation kClear{kEvent, &Op::mutable_clear, "clear"};
constexpr Operation kIsSet{kEvent, &Op::mutable_is_set, "is_set"};
constexpr Operation kSet{kEvent, &Op::mutable_set, "set"};
constexpr Operation kWait{kEvent, &Op::mutable_wait, "wait"};

}  // namespace

Event::Event(const ReferencePtr& registry, std::string_view name)
    : Event(open_object(registry, name, kType,
                        [](wire::RegistryOp::Open& open) { open.mutable_event(); })) {}

void Event::set() const { ask(reference_, kSet()).require(); }

void Event::clear() const { ask(reference_, kClear()).require(); }

bool Event::is_set() const { return ask(reference_, kIsSet()).boolean(); }

bool Event::wait(Timeout timeout) const { return ask(reference_, kWait(), timeout).in_time(); }

Future<void> Event::async_wait() const { return {start(reference_, kWait()), read_nothing}; }

}  // namespace syncmanager

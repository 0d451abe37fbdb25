#include "syncmanager/counter.h"

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::CounterOp;

constexpr auto kCounter = &wire::Request::mutable_counter;
constexpr Operation kAdd{kCounter, &Op::mutable_add, "add", &Op::Add::set_amount};
constexpr Operation kGet{kCounter, &Op::mutable_get, "get"};
constexpr Operation kWait{kCounter, &Op::mutable_wait, "wait", &Op::Wait::set_at_least};

}  // namespace

Counter::Counter(const ReferencePtr& registry, std::string_view name, int64_t initial)
    : Counter(open_object(registry, name, kType, [initial](wire::RegistryOp::Open& open) {
        open.mutable_counter()->set_initial(initial);
      })) {}

int64_t Counter::add(int64_t amount) const { return ask(reference_, kAdd(amount)).as<int64_t>(); }

int64_t Counter::get() const { return ask(reference_, kGet()).as<int64_t>(); }

bool Counter::wait(int64_t least, Timeout timeout) const {
  return ask(reference_, kWait(least), timeout).in_time();
}

Future<int64_t> Counter::async_add(int64_t amount) const {
  return {start(reference_, kAdd(amount)), read_value<int64_t>};
}

Future<void> Counter::async_wait(int64_t least) const {
  return {start(reference_, kWait(least)), read_nothing};
}

}  // namespace syncmanager

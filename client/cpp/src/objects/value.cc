#include "syncmanager/value.h"

#include "client/cpp/src/objects/operation.h"
#include "protos/support/huge_pages.h"

namespace syncmanager {
namespace {

using Op = wire::ValueOp;

constexpr auto kValue = &wire::Request::mutable_value;
constexpr Operation kAdd{kValue, &Op::mutable_add, "add", &Op::Add::mutable_amount};
constexpr Operation kCompareAndSet{kValue, &Op::mutable_compare_and_set, "compare_and_set",
                                   &Op::CompareAndSet::mutable_expected,
                                   &Op::CompareAndSet::mutable_desired};
constexpr Operation kGet{kValue, &Op::mutable_get, "get"};
constexpr Operation kSet{kValue, &Op::mutable_set, "set", &Op::Set::mutable_value};

}  // namespace

ReferencePtr ValueCalls::open(const ReferencePtr& registry, std::string_view name,
                              std::string_view initial) {
  return open_object(registry, name, "Value", [initial](wire::RegistryOp::Open& open) {
    open.mutable_value()->set_initial(copy_of(initial));
  });
}

Answer ValueCalls::get_encoded() const { return ask(reference_, kGet()); }

Answer ValueCalls::set_encoded(std::string_view value) const {
  return ask(reference_, kSet(value));
}

Answer ValueCalls::add_encoded(std::string_view amount) const {
  return ask(reference_, kAdd(amount));
}

Answer ValueCalls::compare_and_set_encoded(std::string_view expected,
                                           std::string_view desired) const {
  return ask(reference_, kCompareAndSet(expected, desired));
}

PendingAnswer ValueCalls::start_get() const { return start(reference_, kGet()); }

PendingAnswer ValueCalls::start_set(std::string_view value) const {
  return start(reference_, kSet(value));
}

PendingAnswer ValueCalls::start_add(std::string_view amount) const {
  return start(reference_, kAdd(amount));
}

}  // namespace syncmanager

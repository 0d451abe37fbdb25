#include "syncmanager/value.h"

#include "client/cpp/src/session/ask.h"
#include "protos/support/huge_pages.h"

namespace syncmanager {
namespace {

void get_of(wire::Request& request) { request.mutable_value()->mutable_get(); }

auto set_of(std::string_view value) {
  return [value](wire::Request& request) {
    request.mutable_value()->mutable_set()->set_value(copy_of(value));
  };
}

auto add_of(std::string_view amount) {
  return [amount](wire::Request& request) {
    request.mutable_value()->mutable_add()->set_amount(amount.data(), amount.size());
  };
}

}  // namespace

ReferencePtr ValueCalls::open(const ReferencePtr& registry, std::string_view name,
                              std::string_view initial) {
  return open_object(registry, name, "Value", [initial](wire::RegistryOp::Open& open) {
    open.mutable_value()->set_initial(copy_of(initial));
  });
}

Answer ValueCalls::get_encoded() const { return ask(reference_, "get", Timeout::never(), get_of); }

Answer ValueCalls::set_encoded(std::string_view value) const {
  return ask(reference_, "set", Timeout::never(), set_of(value));
}

Answer ValueCalls::add_encoded(std::string_view amount) const {
  return ask(reference_, "add", Timeout::never(), add_of(amount));
}

Answer ValueCalls::compare_and_set_encoded(std::string_view expected,
                                           std::string_view desired) const {
  return ask(reference_, "compare_and_set", Timeout::never(), [&](wire::Request& request) {
    wire::ValueOp::CompareAndSet& change = *request.mutable_value()->mutable_compare_and_set();
    change.set_expected(expected.data(), expected.size());
    change.set_desired(desired.data(), desired.size());
  });
}

PendingAnswer ValueCalls::start_get() const {
  return start(reference_, "get", Timeout::never(), get_of);
}

PendingAnswer ValueCalls::start_set(std::string_view value) const {
  return start(reference_, "set", Timeout::never(), set_of(value));
}

PendingAnswer ValueCalls::start_add(std::string_view amount) const {
  return start(reference_, "add", Timeout::never(), add_of(amount));
}

}  // namespace syncmanager

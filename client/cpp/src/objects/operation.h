#pragma once

#include <syncmanager/list_calls.h>

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "client/cpp/src/session/ask.h"
#include "protos/support/huge_pages.h"

namespace syncmanager {

// ---- How an argument gets into a field of a message. `field` is protobuf's setter of a number, or
// its mutable_ accessor of anything else. An argument that is absent leaves the field absent.

template <class Message, class Number>
void set_field(Message& message, void (Message::*field)(Number),
               std::type_identity_t<Number> value) {
  (message.*field)(value);
}

template <class Message>
void set_field(Message& message, std::string* (Message::*field)(), std::string_view value) {
  std::string& bytes = *(message.*field)();
  reserve_large(bytes, value.size());
  bytes += value;
}

template <class Message>
void set_field(Message& message,
               google::protobuf::RepeatedPtrField<std::string>* (Message::*field)(),
               const std::vector<std::string>& values) {
  (message.*field)()->Assign(values.begin(), values.end());
}

template <class Message>
void set_field(Message& message, wire::Slice* (Message::*field)(), const Slice& slice) {
  wire::Slice& fields = *(message.*field)();
  if (slice.start) fields.set_start(*slice.start);
  if (slice.stop) fields.set_stop(*slice.stop);
  if (slice.step) fields.set_step(*slice.step);
}

template <class Message, class Field, class Value>
void set_field(Message& message, Field field, const std::optional<Value>& value) {
  if (value) set_field(message, field, *value);
}

// Protobuf's accessor of a field that holds several values, which has an overload for one of them.
template <class Message>
constexpr auto several(google::protobuf::RepeatedPtrField<std::string>* (Message::*field)()) {
  return field;
}

// ---- The table of a type's operations.

// An operation with its arguments, for one call of ask() or start(): these are only referred to.
template <class Fill>
struct FilledOperation {
  const char* name;
  Fill fill;  // Writes it into a wire::Request.
};

// A row of the table at the top of a type's file: where the operation stands in a wire::Request,
// its name in messages, and the fields that its arguments fill in their order.
template <class Group, class Method, class... Fields>
class Operation {
 public:
  constexpr Operation(Group* (wire::Request::*group)(), Method* (Group::*method)(),
                      const char* name, Fields... fields)
      : group_(group), method_(method), name_(name), fields_(fields...) {}

  template <class... Arguments>
  auto operator()(const Arguments&... arguments) const {
    static_assert(sizeof...(Arguments) == sizeof...(Fields), "an argument for each field");
    auto fill = [this, &arguments...](wire::Request& request) {
      Method& method = *((request.*group_)()->*method_)();
      std::apply([&](auto... fields) { (set_field(method, fields, arguments), ...); }, fields_);
    };
    return FilledOperation<decltype(fill)>{name_, std::move(fill)};
  }

 private:
  Group* (wire::Request::*group_)();
  Method* (Group::*method_)();
  const char* name_;
  std::tuple<Fields...> fields_;
};

template <class Fill>
Answer ask(const ReferencePtr& reference, const FilledOperation<Fill>& operation,
           Timeout timeout = Timeout::never()) {
  return ask(reference, operation.name, timeout, operation.fill);
}

template <class Fill>
PendingAnswer start(const ReferencePtr& reference, const FilledOperation<Fill>& operation,
                    Timeout timeout = Timeout::never(), Dropped dropped = Dropped::kStays) {
  return start(reference, operation.name, timeout, operation.fill, dropped);
}

}  // namespace syncmanager

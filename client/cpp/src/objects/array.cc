#include "syncmanager/array.h"

#include "client/cpp/src/objects/slice_on_wire.h"
#include "client/cpp/src/session/ask.h"

namespace syncmanager {
namespace {

// A request whose operation is filled in by `fill`.
template <class Fill>
auto array_of(Fill fill) {
  return [fill](wire::Request& request) { fill(*request.mutable_array()); };
}

auto get_of(int64_t index) {
  return array_of([index](wire::ArrayOp& op) { op.mutable_get()->set_index(index); });
}

auto set_of(int64_t index, std::string_view value) {
  return array_of([index, value](wire::ArrayOp& op) {
    op.mutable_set()->set_index(index);
    op.mutable_set()->set_value(value.data(), value.size());
  });
}

auto add_of(int64_t index, std::string_view amount) {
  return array_of([index, amount](wire::ArrayOp& op) {
    op.mutable_add()->set_index(index);
    op.mutable_add()->set_amount(amount.data(), amount.size());
  });
}

}  // namespace

ReferencePtr ArrayCalls::open(const ReferencePtr& registry, std::string_view name, char typecode,
                              const Values& values, uint64_t zeros) {
  return open_object(registry, name, "Array", [&](wire::RegistryOp::Open& open) {
    wire::ArrayOptions& array = *open.mutable_array();
    array.set_typecode(std::string(1, typecode));
    for (const std::string& value : values) array.add_values(value);
    array.set_zeros(zeros);
  });
}

int64_t ArrayCalls::size() const {
  return ask(reference_, "size", Timeout::never(),
             array_of([](wire::ArrayOp& op) { op.mutable_length(); }))
      .as<int64_t>();
}

Answer ArrayCalls::get_encoded(int64_t index) const {
  return ask(reference_, "at", Timeout::never(), get_of(index));
}

Answer ArrayCalls::set_encoded(int64_t index, Encoded value) const {
  return ask(reference_, "set", Timeout::never(), set_of(index, value));
}

Answer ArrayCalls::set_slice(const Slice& slice, const Values& values) const {
  return ask(reference_, "assign", Timeout::never(), array_of([&](wire::ArrayOp& op) {
               wire::ArrayOp::SetSlice& set = *op.mutable_set_slice();
               set_slice_fields(*set.mutable_slice(), slice);
               for (const std::string& value : values) set.add_values(value);
             }));
}

Answer ArrayCalls::add_encoded(int64_t index, Encoded amount) const {
  return ask(reference_, "add", Timeout::never(), add_of(index, amount));
}

Answer ArrayCalls::compare_and_set_encoded(int64_t index, Encoded expected, Encoded desired) const {
  return ask(reference_, "compare_and_set", Timeout::never(), array_of([&](wire::ArrayOp& op) {
               wire::ArrayOp::CompareAndSet& change = *op.mutable_compare_and_set();
               change.set_index(index);
               change.set_expected(expected.data(), expected.size());
               change.set_desired(desired.data(), desired.size());
             }));
}

PendingAnswer ArrayCalls::start_get(int64_t index) const {
  return start(reference_, "at", Timeout::never(), get_of(index));
}

PendingAnswer ArrayCalls::start_set(int64_t index, Encoded value) const {
  return start(reference_, "set", Timeout::never(), set_of(index, value));
}

PendingAnswer ArrayCalls::start_add(int64_t index, Encoded amount) const {
  return start(reference_, "add", Timeout::never(), add_of(index, amount));
}

Answer ArrayCalls::page(const Slice& slice, PagePosition position) const {
  return ask(reference_, "read", Timeout::never(), array_of([&](wire::ArrayOp& op) {
               wire::ArrayOp::ReadSlice& read = *op.mutable_read_slice();
               set_slice_fields(*read.mutable_slice(), slice);
               read.set_cursor(position.cursor);
               read.set_version(position.version);
             }));
}

}  // namespace syncmanager

#include "syncmanager/list_calls.h"

#include "client/cpp/src/objects/slice_on_wire.h"
#include "client/cpp/src/session/ask.h"
#include "protos/support/huge_pages.h"

namespace syncmanager {
namespace {

// A request whose operation is filled in by `fill`.
template <class Fill>
auto list_of(Fill fill) {
  return [fill](wire::Request& request) { fill(*request.mutable_list()); };
}

auto get_of(int64_t index) {
  return list_of([index](wire::ListOp& op) { op.mutable_get()->set_index(index); });
}

auto append_of(std::string_view value) {
  return list_of([value](wire::ListOp& op) { op.mutable_append()->set_value(copy_of(value)); });
}

}  // namespace

ReferencePtr ListCalls::open(const ReferencePtr& registry, std::string_view name) {
  return open_object(registry, name, "list",
                     [](wire::RegistryOp::Open& open) { open.mutable_list(); });
}

int64_t ListCalls::size() const {
  return ask(reference_, "size", Timeout::never(),
             list_of([](wire::ListOp& op) { op.mutable_length(); }))
      .as<int64_t>();
}

void ListCalls::clear() const {
  ask(reference_, "clear", Timeout::never(), list_of([](wire::ListOp& op) { op.mutable_clear(); }))
      .require();
}

void ListCalls::reverse() const {
  ask(reference_, "reverse", Timeout::never(),
      list_of([](wire::ListOp& op) { op.mutable_reverse(); }))
      .require();
}

void ListCalls::sort(bool reverse) const {
  ask(reference_, "sort", Timeout::never(),
      list_of([reverse](wire::ListOp& op) { op.mutable_sort()->set_reverse(reverse); }))
      .require();
}

void ListCalls::repeat(int64_t times) const {
  ask(reference_, "repeat", Timeout::never(),
      list_of([times](wire::ListOp& op) { op.mutable_repeat()->set_times(times); }))
      .require();
}

void ListCalls::erase(int64_t index) const {
  ask(reference_, "erase", Timeout::never(),
      list_of([index](wire::ListOp& op) { op.mutable_delete_()->set_index(index); }))
      .in_range();
}

void ListCalls::erase(const Slice& slice) const {
  ask(reference_, "erase", Timeout::never(), list_of([&slice](wire::ListOp& op) {
        set_slice_fields(*op.mutable_delete_slice()->mutable_slice(), slice);
      }))
      .require();
}

Answer ListCalls::get_encoded(int64_t index) const {
  return ask(reference_, "at", Timeout::never(), get_of(index));
}

Answer ListCalls::set_encoded(int64_t index, Encoded value) const {
  return ask(reference_, "set", Timeout::never(), list_of([&](wire::ListOp& op) {
               op.mutable_set()->set_index(index);
               op.mutable_set()->set_value(copy_of(value));
             }));
}

Answer ListCalls::append_encoded(Encoded value) const {
  return ask(reference_, "append", Timeout::never(), append_of(value));
}

Answer ListCalls::extend_encoded(const Values& values) const {
  return ask(reference_, "extend", Timeout::never(), list_of([&values](wire::ListOp& op) {
               wire::ListOp::Extend& extend = *op.mutable_extend();
               for (const std::string& value : values) extend.add_values(value);
             }));
}

Answer ListCalls::insert_encoded(int64_t index, Encoded value) const {
  return ask(reference_, "insert", Timeout::never(), list_of([&](wire::ListOp& op) {
               op.mutable_insert()->set_index(index);
               op.mutable_insert()->set_value(copy_of(value));
             }));
}

Answer ListCalls::pop_encoded(std::optional<int64_t> index) const {
  return ask(reference_, "pop", Timeout::never(), list_of([index](wire::ListOp& op) {
               wire::ListOp::Pop& pop = *op.mutable_pop();
               if (index) pop.set_index(*index);
             }));
}

Answer ListCalls::remove_encoded(Encoded value) const {
  return ask(reference_, "remove", Timeout::never(), list_of([value](wire::ListOp& op) {
               op.mutable_remove()->set_value(copy_of(value));
             }));
}

Answer ListCalls::index_encoded(Encoded value) const {
  return ask(reference_, "index", Timeout::never(),
             list_of([value](wire::ListOp& op) { op.mutable_index()->set_value(copy_of(value)); }));
}

Answer ListCalls::count_encoded(Encoded value) const {
  return ask(reference_, "count", Timeout::never(),
             list_of([value](wire::ListOp& op) { op.mutable_count()->set_value(copy_of(value)); }));
}

Answer ListCalls::contains_encoded(Encoded value) const {
  return ask(reference_, "contains", Timeout::never(), list_of([value](wire::ListOp& op) {
               op.mutable_contains()->set_value(copy_of(value));
             }));
}

Answer ListCalls::set_slice(const Slice& slice, const Values& values) const {
  return ask(reference_, "assign", Timeout::never(), list_of([&](wire::ListOp& op) {
               wire::ListOp::SetSlice& set = *op.mutable_set_slice();
               set_slice_fields(*set.mutable_slice(), slice);
               for (const std::string& value : values) set.add_values(value);
             }));
}

Answer ListCalls::add_encoded(int64_t index, Encoded amount) const {
  return ask(reference_, "add", Timeout::never(), list_of([&](wire::ListOp& op) {
               op.mutable_add()->set_index(index);
               op.mutable_add()->set_amount(amount.data(), amount.size());
             }));
}

Answer ListCalls::compare_and_set_encoded(int64_t index, Encoded expected, Encoded desired) const {
  return ask(reference_, "compare_and_set", Timeout::never(), list_of([&](wire::ListOp& op) {
               wire::ListOp::CompareAndSet& change = *op.mutable_compare_and_set();
               change.set_index(index);
               change.set_expected(expected.data(), expected.size());
               change.set_desired(desired.data(), desired.size());
             }));
}

PendingAnswer ListCalls::start_get(int64_t index) const {
  return start(reference_, "at", Timeout::never(), get_of(index));
}

PendingAnswer ListCalls::start_append(Encoded value) const {
  return start(reference_, "append", Timeout::never(), append_of(value));
}

Answer ListCalls::page(const Slice& slice, PagePosition position) const {
  return ask(reference_, "read", Timeout::never(), list_of([&](wire::ListOp& op) {
               wire::ListOp::ReadSlice& read = *op.mutable_read_slice();
               set_slice_fields(*read.mutable_slice(), slice);
               read.set_cursor(position.cursor);
               read.set_version(position.version);
             }));
}

}  // namespace syncmanager

#include "syncmanager/array.h"

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::ArrayOp;

constexpr auto kArray = &wire::Request::mutable_array;
constexpr Operation kAdd{kArray, &Op::mutable_add, "add", &Op::Add::set_index,
                         &Op::Add::mutable_amount};
constexpr Operation kCompareAndSet{kArray,
                                   &Op::mutable_compare_and_set,
                                   "compare_and_set",
                                   &Op::CompareAndSet::set_index,
                                   &Op::CompareAndSet::mutable_expected,
                                   &Op::CompareAndSet::mutable_desired};
constexpr Operation kGet{kArray, &Op::mutable_get, "at", &Op::Get::set_index};
constexpr Operation kLength{kArray, &Op::mutable_length, "size"};
constexpr Operation kReadSlice{kArray,
                               &Op::mutable_read_slice,
                               "read",
                               &Op::ReadSlice::mutable_slice,
                               &Op::ReadSlice::set_cursor,
                               &Op::ReadSlice::set_version};
constexpr Operation kSet{kArray, &Op::mutable_set, "set", &Op::Set::set_index,
                         &Op::Set::mutable_value};
constexpr Operation kSetSlice{kArray, &Op::mutable_set_slice, "assign",
                              &Op::SetSlice::mutable_slice, several(&Op::SetSlice::mutable_values)};

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

int64_t ArrayCalls::size() const { return ask(reference_, kLength()).as<int64_t>(); }

Answer ArrayCalls::get_encoded(int64_t index) const { return ask(reference_, kGet(index)); }

Answer ArrayCalls::set_encoded(int64_t index, Encoded value) const {
  return ask(reference_, kSet(index, value));
}

Answer ArrayCalls::set_slice(const Slice& slice, const Values& values) const {
  return ask(reference_, kSetSlice(slice, values));
}

Answer ArrayCalls::add_encoded(int64_t index, Encoded amount) const {
  return ask(reference_, kAdd(index, amount));
}

Answer ArrayCalls::compare_and_set_encoded(int64_t index, Encoded expected, Encoded desired) const {
  return ask(reference_, kCompareAndSet(index, expected, desired));
}

PendingAnswer ArrayCalls::start_get(int64_t index) const { return start(reference_, kGet(index)); }

PendingAnswer ArrayCalls::start_set(int64_t index, Encoded value) const {
  return start(reference_, kSet(index, value));
}

PendingAnswer ArrayCalls::start_add(int64_t index, Encoded amount) const {
  return start(reference_, kAdd(index, amount));
}

Answer ArrayCalls::page(const Slice& slice, PagePosition position) const {
  return ask(reference_, kReadSlice(slice, position.cursor, position.version));
}

}  // namespace syncmanager

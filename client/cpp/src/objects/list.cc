#include "syncmanager/list_calls.h"

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::ListOp;

constexpr auto kList = &wire::Request::mutable_list;
constexpr Operation kAdd{kList, &Op::mutable_add, "add", &Op::Add::set_index,
                         &Op::Add::mutable_amount};
constexpr Operation kAppend{kList, &Op::mutable_append, "append", &Op::Append::mutable_value};
constexpr Operation kClear{kList, &Op::mutable_clear, "clear"};
constexpr Operation kCompareAndSet{kList,
                                   &Op::mutable_compare_and_set,
                                   "compare_and_set",
                                   &Op::CompareAndSet::set_index,
                                   &Op::CompareAndSet::mutable_expected,
                                   &Op::CompareAndSet::mutable_desired};
constexpr Operation kContains{kList, &Op::mutable_contains, "contains",
                              &Op::Contains::mutable_value};
constexpr Operation kCount{kList, &Op::mutable_count, "count", &Op::Count::mutable_value};
constexpr Operation kDelete{kList, &Op::mutable_delete_, "erase", &Op::Delete::set_index};
constexpr Operation kDeleteSlice{kList, &Op::mutable_delete_slice, "erase",
                                 &Op::DeleteSlice::mutable_slice};
constexpr Operation kExtend{kList, &Op::mutable_extend, "extend",
                            several(&Op::Extend::mutable_values)};
constexpr Operation kGet{kList, &Op::mutable_get, "at", &Op::Get::set_index};
constexpr Operation kIndex{kList, &Op::mutable_index, "index", &Op::Index::mutable_value};
constexpr Operation kInsert{kList, &Op::mutable_insert, "insert", &Op::Insert::set_index,
                            &Op::Insert::mutable_value};
constexpr Operation kLength{kList, &Op::mutable_length, "size"};
constexpr Operation kPop{kList, &Op::mutable_pop, "pop", &Op::Pop::set_index};
constexpr Operation kReadSlice{kList,
                               &Op::mutable_read_slice,
                               "read",
                               &Op::ReadSlice::mutable_slice,
                               &Op::ReadSlice::set_cursor,
                               &Op::ReadSlice::set_version};
constexpr Operation kRemove{kList, &Op::mutable_remove, "remove", &Op::Remove::mutable_value};
constexpr Operation kRepeat{kList, &Op::mutable_repeat, "repeat", &Op::Repeat::set_times};
constexpr Operation kReverse{kList, &Op::mutable_reverse, "reverse"};
constexpr Operation kSet{kList, &Op::mutable_set, "set", &Op::Set::set_index,
                         &Op::Set::mutable_value};
constexpr Operation kSetSlice{kList, &Op::mutable_set_slice, "assign", &Op::SetSlice::mutable_slice,
                              several(&Op::SetSlice::mutable_values)};
constexpr Operation kSort{kList, &Op::mutable_sort, "sort", &Op::Sort::set_reverse};

}  // namespace

ReferencePtr ListCalls::open(const ReferencePtr& registry, std::string_view name) {
  return open_object(registry, name, "list",
                     [](wire::RegistryOp::Open& open) { open.mutable_list(); });
}

int64_t ListCalls::size() const { return ask(reference_, kLength()).as<int64_t>(); }

void ListCalls::clear() const { ask(reference_, kClear()).require(); }

void ListCalls::reverse() const { ask(reference_, kReverse()).require(); }

void ListCalls::sort(bool reverse) const { ask(reference_, kSort(reverse)).require(); }

void ListCalls::repeat(int64_t times) const { ask(reference_, kRepeat(times)).require(); }

void ListCalls::erase(int64_t index) const { ask(reference_, kDelete(index)).in_range(); }

void ListCalls::erase(const Slice& slice) const { ask(reference_, kDeleteSlice(slice)).require(); }

Answer ListCalls::get_encoded(int64_t index) const { return ask(reference_, kGet(index)); }

Answer ListCalls::set_encoded(int64_t index, Encoded value) const {
  return ask(reference_, kSet(index, value));
}

Answer ListCalls::append_encoded(Encoded value) const { return ask(reference_, kAppend(value)); }

Answer ListCalls::extend_encoded(const Values& values) const {
  return ask(reference_, kExtend(values));
}

Answer ListCalls::insert_encoded(int64_t index, Encoded value) const {
  return ask(reference_, kInsert(index, value));
}

Answer ListCalls::pop_encoded(std::optional<int64_t> index) const {
  return ask(reference_, kPop(index));
}

Answer ListCalls::remove_encoded(Encoded value) const { return ask(reference_, kRemove(value)); }

Answer ListCalls::index_encoded(Encoded value) const { return ask(reference_, kIndex(value)); }

Answer ListCalls::count_encoded(Encoded value) const { return ask(reference_, kCount(value)); }

Answer ListCalls::contains_encoded(Encoded value) const {
  return ask(reference_, kContains(value));
}

Answer ListCalls::set_slice(const Slice& slice, const Values& values) const {
  return ask(reference_, kSetSlice(slice, values));
}

Answer ListCalls::add_encoded(int64_t index, Encoded amount) const {
  return ask(reference_, kAdd(index, amount));
}

Answer ListCalls::compare_and_set_encoded(int64_t index, Encoded expected, Encoded desired) const {
  return ask(reference_, kCompareAndSet(index, expected, desired));
}

PendingAnswer ListCalls::start_get(int64_t index) const { return start(reference_, kGet(index)); }

PendingAnswer ListCalls::start_append(Encoded value) const {
  return start(reference_, kAppend(value));
}

Answer ListCalls::page(const Slice& slice, PagePosition position) const {
  return ask(reference_, kReadSlice(slice, position.cursor, position.version));
}

}  // namespace syncmanager

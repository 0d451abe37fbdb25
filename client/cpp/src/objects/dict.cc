#include "syncmanager/dict.h"

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Encoded = std::string_view;
using Op = wire::DictOp;

constexpr auto kDict = &wire::Request::mutable_dict;
constexpr Operation kAdd{kDict,
                         &Op::mutable_add,
                         "add",
                         &Op::Add::mutable_key,
                         &Op::Add::mutable_amount,
                         &Op::Add::mutable_initial};
constexpr Operation kClear{kDict, &Op::mutable_clear, "clear"};
constexpr Operation kCompareAndSet{kDict,
                                   &Op::mutable_compare_and_set,
                                   "compare_and_set",
                                   &Op::CompareAndSet::mutable_key,
                                   &Op::CompareAndSet::mutable_expected,
                                   &Op::CompareAndSet::mutable_desired};
constexpr Operation kContains{kDict, &Op::mutable_contains, "contains", &Op::Contains::mutable_key};
constexpr Operation kDelete{kDict, &Op::mutable_delete_, "erase", &Op::Delete::mutable_key};
constexpr Operation kGet{kDict, &Op::mutable_get, "get", &Op::Get::mutable_key};
constexpr Operation kLength{kDict, &Op::mutable_length, "size"};
constexpr Operation kPop{kDict, &Op::mutable_pop, "pop", &Op::Pop::mutable_key};
constexpr Operation kPopItem{kDict, &Op::mutable_pop_item, "pop_item"};
constexpr Operation kReadPage{kDict,
                              &Op::mutable_read_page,
                              "read",
                              &Op::ReadPage::set_kind,
                              &Op::ReadPage::set_cursor,
                              &Op::ReadPage::set_version};
constexpr Operation kSet{kDict, &Op::mutable_set, "set", &Op::Set::mutable_key,
                         &Op::Set::mutable_value};
constexpr Operation kSetDefault{kDict, &Op::mutable_set_default, "set_default",
                                &Op::SetDefault::mutable_key, &Op::SetDefault::mutable_value};

wire::PageKind wire_kind(PageKind kind) {
  switch (kind) {
    case PageKind::kItems:
      return wire::ITEMS;
    case PageKind::kKeys:
      return wire::KEYS;
    case PageKind::kValues:
      return wire::VALUES;
  }
  return wire::ITEMS;
}

}  // namespace

ReferencePtr DictCalls::open(const ReferencePtr& registry, std::string_view name) {
  return open_object(registry, name, "dict",
                     [](wire::RegistryOp::Open& open) { open.mutable_dict(); });
}

int64_t DictCalls::size() const { return ask(reference_, kLength()).as<int64_t>(); }

void DictCalls::clear() const { ask(reference_, kClear()).require(); }

Answer DictCalls::get_encoded(Encoded key) const { return ask(reference_, kGet(key)); }

Answer DictCalls::set_encoded(Encoded key, Encoded value) const {
  return ask(reference_, kSet(key, value));
}

Answer DictCalls::erase_encoded(Encoded key) const { return ask(reference_, kDelete(key)); }

Answer DictCalls::contains_encoded(Encoded key) const { return ask(reference_, kContains(key)); }

Answer DictCalls::pop_encoded(Encoded key) const { return ask(reference_, kPop(key)); }

Answer DictCalls::pop_newest() const { return ask(reference_, kPopItem()); }

Answer DictCalls::set_default_encoded(Encoded key, Encoded value) const {
  return ask(reference_, kSetDefault(key, value));
}

Answer DictCalls::update_encoded(const Entries& entries) const {
  return ask(reference_, "update", Timeout::never(), [&entries](wire::Request& request) {
    Op::Update& update = *request.mutable_dict()->mutable_update();
    for (const auto& [key, value] : entries) {
      wire::DictEntry& entry = *update.add_entries();
      entry.set_key(key);
      entry.set_value(value);
    }
  });
}

Answer DictCalls::add_encoded(Encoded key, Encoded amount, std::optional<Encoded> initial) const {
  return ask(reference_, kAdd(key, amount, initial));
}

Answer DictCalls::compare_and_set_encoded(Encoded key, std::optional<Encoded> expected,
                                          std::optional<Encoded> desired) const {
  return ask(reference_, kCompareAndSet(key, expected, desired));
}

PendingAnswer DictCalls::start_get(Encoded key) const { return start(reference_, kGet(key)); }

PendingAnswer DictCalls::start_set(Encoded key, Encoded value) const {
  return start(reference_, kSet(key, value));
}

PendingAnswer DictCalls::start_add(Encoded key, Encoded amount,
                                   std::optional<Encoded> initial) const {
  return start(reference_, kAdd(key, amount, initial));
}

Answer DictCalls::page(PageKind kind, PagePosition position) const {
  return ask(reference_, kReadPage(wire_kind(kind), position.cursor, position.version));
}

}  // namespace syncmanager

#include "syncmanager/dict.h"

#include "client/cpp/src/session/ask.h"
#include "protos/support/huge_pages.h"

namespace syncmanager {
namespace {

using Encoded = std::string_view;

// A request whose operation is filled in by `fill`.
template <class Fill>
auto dict_of(Fill fill) {
  return [fill](wire::Request& request) { fill(*request.mutable_dict()); };
}

auto get_of(Encoded key) {
  return dict_of([key](wire::DictOp& op) { op.mutable_get()->set_key(key.data(), key.size()); });
}

auto set_of(Encoded key, Encoded value) {
  return dict_of([key, value](wire::DictOp& op) {
    op.mutable_set()->set_key(key.data(), key.size());
    op.mutable_set()->set_value(copy_of(value));
  });
}

auto add_of(Encoded key, Encoded amount, std::optional<Encoded> initial) {
  return dict_of([key, amount, initial](wire::DictOp& op) {
    wire::DictOp::Add& add = *op.mutable_add();
    add.set_key(key.data(), key.size());
    add.set_amount(amount.data(), amount.size());
    if (initial) add.set_initial(initial->data(), initial->size());
  });
}

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

int64_t DictCalls::size() const {
  return ask(reference_, "size", Timeout::never(),
             dict_of([](wire::DictOp& op) { op.mutable_length(); }))
      .as<int64_t>();
}

void DictCalls::clear() const {
  ask(reference_, "clear", Timeout::never(), dict_of([](wire::DictOp& op) { op.mutable_clear(); }))
      .require();
}

Answer DictCalls::get_encoded(Encoded key) const {
  return ask(reference_, "get", Timeout::never(), get_of(key));
}

Answer DictCalls::set_encoded(Encoded key, Encoded value) const {
  return ask(reference_, "set", Timeout::never(), set_of(key, value));
}

Answer DictCalls::erase_encoded(Encoded key) const {
  return ask(reference_, "erase", Timeout::never(), dict_of([key](wire::DictOp& op) {
               op.mutable_delete_()->set_key(key.data(), key.size());
             }));
}

Answer DictCalls::contains_encoded(Encoded key) const {
  return ask(reference_, "contains", Timeout::never(), dict_of([key](wire::DictOp& op) {
               op.mutable_contains()->set_key(key.data(), key.size());
             }));
}

Answer DictCalls::pop_encoded(Encoded key) const {
  return ask(reference_, "pop", Timeout::never(), dict_of([key](wire::DictOp& op) {
               op.mutable_pop()->set_key(key.data(), key.size());
             }));
}

Answer DictCalls::pop_newest() const {
  return ask(reference_, "pop_item", Timeout::never(),
             dict_of([](wire::DictOp& op) { op.mutable_pop_item(); }));
}

Answer DictCalls::set_default_encoded(Encoded key, Encoded value) const {
  return ask(reference_, "set_default", Timeout::never(), dict_of([key, value](wire::DictOp& op) {
               op.mutable_set_default()->set_key(key.data(), key.size());
               op.mutable_set_default()->set_value(copy_of(value));
             }));
}

Answer DictCalls::update_encoded(const Entries& entries) const {
  return ask(reference_, "update", Timeout::never(), dict_of([&entries](wire::DictOp& op) {
               for (const auto& [key, value] : entries) {
                 wire::DictEntry& entry = *op.mutable_update()->add_entries();
                 entry.set_key(key);
                 entry.set_value(value);
               }
               op.mutable_update();
             }));
}

Answer DictCalls::add_encoded(Encoded key, Encoded amount, std::optional<Encoded> initial) const {
  return ask(reference_, "add", Timeout::never(), add_of(key, amount, initial));
}

Answer DictCalls::compare_and_set_encoded(Encoded key, std::optional<Encoded> expected,
                                          std::optional<Encoded> desired) const {
  return ask(reference_, "compare_and_set", Timeout::never(),
             dict_of([key, expected, desired](wire::DictOp& op) {
               wire::DictOp::CompareAndSet& change = *op.mutable_compare_and_set();
               change.set_key(key.data(), key.size());
               if (expected) change.set_expected(expected->data(), expected->size());
               if (desired) change.set_desired(desired->data(), desired->size());
             }));
}

PendingAnswer DictCalls::start_get(Encoded key) const {
  return start(reference_, "get", Timeout::never(), get_of(key));
}

PendingAnswer DictCalls::start_set(Encoded key, Encoded value) const {
  return start(reference_, "set", Timeout::never(), set_of(key, value));
}

PendingAnswer DictCalls::start_add(Encoded key, Encoded amount,
                                   std::optional<Encoded> initial) const {
  return start(reference_, "add", Timeout::never(), add_of(key, amount, initial));
}

Answer DictCalls::page(PageKind kind, PagePosition position) const {
  return ask(reference_, "read", Timeout::never(), dict_of([kind, position](wire::DictOp& op) {
               op.mutable_read_page()->set_kind(wire_kind(kind));
               op.mutable_read_page()->set_cursor(position.cursor);
               op.mutable_read_page()->set_version(position.version);
             }));
}

}  // namespace syncmanager

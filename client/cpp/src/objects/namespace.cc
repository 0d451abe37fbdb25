#include "syncmanager/namespace.h"

#include "client/cpp/src/session/ask.h"
#include "protos/support/huge_pages.h"

namespace syncmanager {
namespace {

// A request whose operation is filled in by `fill`.
template <class Fill>
auto namespace_of(Fill fill) {
  return [fill](wire::Request& request) { fill(*request.mutable_namespace_()); };
}

auto get_of(std::string_view name) {
  return namespace_of(
      [name](wire::NamespaceOp& op) { op.mutable_get()->set_name(name.data(), name.size()); });
}

auto set_of(std::string_view name, std::string_view value) {
  return namespace_of([name, value](wire::NamespaceOp& op) {
    op.mutable_set()->set_name(name.data(), name.size());
    op.mutable_set()->set_value(copy_of(value));
  });
}

}  // namespace

Namespace::Namespace(const ReferencePtr& registry, std::string_view name)
    : Namespace(open_object(registry, name, kType,
                            [](wire::RegistryOp::Open& open) { open.mutable_namespace_(); })) {}

bool Namespace::contains(std::string_view name) const {
  return ask(reference_, "contains", Timeout::never(), namespace_of([name](wire::NamespaceOp& op) {
               op.mutable_contains()->set_name(name.data(), name.size());
             }))
      .boolean();
}

bool Namespace::erase(std::string_view name) const {
  return ask(reference_, "erase", Timeout::never(), namespace_of([name](wire::NamespaceOp& op) {
               op.mutable_delete_()->set_name(name.data(), name.size());
             }))
      .found();
}

PagedRange<std::pair<std::string, AnyValue>> Namespace::items() const {
  const auto page = [space = *this](PagePosition position) {
    return ask(space.reference_, "read", Timeout::never(),
               namespace_of([position](wire::NamespaceOp& op) {
                 op.mutable_read_page()->set_cursor(position.cursor);
                 op.mutable_read_page()->set_version(position.version);
               }));
  };
  return {page, read_entry<std::string, AnyValue>};
}

std::map<std::string, AnyValue> Namespace::to_map() const {
  const auto entries = read_all(items());
  return {entries.begin(), entries.end()};
}

Answer Namespace::get_encoded(std::string_view name) const {
  return ask(reference_, "get", Timeout::never(), get_of(name));
}

Answer Namespace::set_encoded(std::string_view name, Encoded value) const {
  return ask(reference_, "set", Timeout::never(), set_of(name, value));
}

Answer Namespace::add_encoded(std::string_view name, Encoded amount,
                              std::optional<Encoded> initial) const {
  return ask(reference_, "add", Timeout::never(), namespace_of([&](wire::NamespaceOp& op) {
               op.mutable_add()->set_name(name.data(), name.size());
               op.mutable_add()->set_amount(amount.data(), amount.size());
               if (initial) op.mutable_add()->set_initial(initial->data(), initial->size());
             }));
}

Answer Namespace::compare_and_set_encoded(std::string_view name, std::optional<Encoded> expected,
                                          std::optional<Encoded> desired) const {
  return ask(reference_, "compare_and_set", Timeout::never(),
             namespace_of([&](wire::NamespaceOp& op) {
               wire::NamespaceOp::CompareAndSet& change = *op.mutable_compare_and_set();
               change.set_name(name.data(), name.size());
               if (expected) change.set_expected(expected->data(), expected->size());
               if (desired) change.set_desired(desired->data(), desired->size());
             }));
}

PendingAnswer Namespace::start_get(std::string_view name) const {
  return start(reference_, "get", Timeout::never(), get_of(name));
}

PendingAnswer Namespace::start_set(std::string_view name, Encoded value) const {
  return start(reference_, "set", Timeout::never(), set_of(name, value));
}

}  // namespace syncmanager

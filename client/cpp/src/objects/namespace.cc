#include "syncmanager/namespace.h"

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::NamespaceOp;

constexpr auto kNamespace = &wire::Request::mutable_namespace_;
constexpr Operation kAdd{kNamespace,
                         &Op::mutable_add,
                         "add",
                         &Op::Add::mutable_name,
                         &Op::Add::mutable_amount,
                         &Op::Add::mutable_initial};
constexpr Operation kCompareAndSet{kNamespace,
                                   &Op::mutable_compare_and_set,
                                   "compare_and_set",
                                   &Op::CompareAndSet::mutable_name,
                                   &Op::CompareAndSet::mutable_expected,
                                   &Op::CompareAndSet::mutable_desired};
constexpr Operation kContains{kNamespace, &Op::mutable_contains, "contains",
                              &Op::Contains::mutable_name};
constexpr Operation kDelete{kNamespace, &Op::mutable_delete_, "erase", &Op::Delete::mutable_name};
constexpr Operation kGet{kNamespace, &Op::mutable_get, "get", &Op::Get::mutable_name};
constexpr Operation kReadPage{kNamespace, &Op::mutable_read_page, "read", &Op::ReadPage::set_cursor,
                              &Op::ReadPage::set_version};
constexpr Operation kSet{kNamespace, &Op::mutable_set, "set", &Op::Set::mutable_name,
                         &Op::Set::mutable_value};

}  // namespace

Namespace::Namespace(const ReferencePtr& registry, std::string_view name)
    : Namespace(open_object(registry, name, kType,
                            [](wire::RegistryOp::Open& open) { open.mutable_namespace_(); })) {}

bool Namespace::contains(std::string_view name) const {
  return ask(reference_, kContains(name)).boolean();
}

bool Namespace::erase(std::string_view name) const {
  return ask(reference_, kDelete(name)).found();
}

PagedRange<std::pair<std::string, AnyValue>> Namespace::items() const {
  const auto page = [space = *this](PagePosition position) {
    return ask(space.reference_, kReadPage(position.cursor, position.version));
  };
  return {page, read_entry<std::string, AnyValue>};
}

std::map<std::string, AnyValue> Namespace::to_map() const {
  const auto entries = read_all(items());
  return {entries.begin(), entries.end()};
}

Answer Namespace::get_encoded(std::string_view name) const { return ask(reference_, kGet(name)); }

Answer Namespace::set_encoded(std::string_view name, Encoded value) const {
  return ask(reference_, kSet(name, value));
}

Answer Namespace::add_encoded(std::string_view name, Encoded amount,
                              std::optional<Encoded> initial) const {
  return ask(reference_, kAdd(name, amount, initial));
}

Answer Namespace::compare_and_set_encoded(std::string_view name, std::optional<Encoded> expected,
                                          std::optional<Encoded> desired) const {
  return ask(reference_, kCompareAndSet(name, expected, desired));
}

PendingAnswer Namespace::start_get(std::string_view name) const {
  return start(reference_, kGet(name));
}

PendingAnswer Namespace::start_set(std::string_view name, Encoded value) const {
  return start(reference_, kSet(name, value));
}

}  // namespace syncmanager

// Namespace: attributes by name, after the class of that name in multiprocessing.managers. Names
// are kept as text values, so that a page of it can be read as a dict's.

#include <syncmanager/encoded_value.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "manager/objects/catalog.h"
#include "manager/objects/mapping.h"
#include "manager/objects/shown.h"

namespace syncmanager::manager {
namespace {

class Namespace final : public Mapping {
 public:
  void perform(Call call) override;
  bool fill(Call& call, Options& options) override;

 private:
  void refuse_missing(Call& call, std::string_view key) const override {
    call.refuse(wire::NO_SUCH_ATTRIBUTE,
                absl::StrCat("'Namespace' object has no attribute ", shown(key)));
  }
};

// The key under which an attribute is kept. What isn't UTF-8 is found out where keys are checked.
std::string key_of_name(std::string_view name) {
  ValueWriter writer;
  writer.text(name);
  return writer.take();
}

// The name an operation is about; null if it is about all of them.
const std::string* name_in(const wire::NamespaceOp& op) {
  switch (op.method_case()) {
    case wire::NamespaceOp::kGet:
      return &op.get().name();
    case wire::NamespaceOp::kSet:
      return &op.set().name();
    case wire::NamespaceOp::kDelete:
      return &op.delete_().name();
    case wire::NamespaceOp::kContains:
      return &op.contains().name();
    case wire::NamespaceOp::kAdd:
      return &op.add().name();
    case wire::NamespaceOp::kCompareAndSet:
      return &op.compare_and_set().name();
    case wire::NamespaceOp::kReadPage:
    case wire::NamespaceOp::METHOD_NOT_SET:
      break;
  }
  return nullptr;
}

void Namespace::perform(Call call) {
  wire::NamespaceOp& op = *call.request().mutable_namespace_();
  const std::string* name = name_in(op);
  if (name != nullptr && name->empty()) {
    return call.refuse(wire::INVALID_ARGUMENT, "an attribute's name is not empty");
  }
  std::string key = name != nullptr ? key_of_name(*name) : std::string();
  switch (op.method_case()) {
    case wire::NamespaceOp::kGet:
      return get(std::move(call), key);
    case wire::NamespaceOp::kSet:
      return set(std::move(call), std::move(key), std::move(*op.mutable_set()->mutable_value()));
    case wire::NamespaceOp::kDelete:
      return remove(std::move(call), key);
    case wire::NamespaceOp::kContains:
      return contains(std::move(call), key);
    case wire::NamespaceOp::kAdd:
      return add(std::move(call), std::move(key), op.add().amount(),
                 op.add().has_initial() ? &op.add().initial() : nullptr);
    case wire::NamespaceOp::kCompareAndSet: {
      wire::NamespaceOp::CompareAndSet& set = *op.mutable_compare_and_set();
      return compare_and_set(std::move(call), std::move(key),
                             set.has_expected() ? &set.expected() : nullptr,
                             set.has_desired() ? set.mutable_desired() : nullptr);
    }
    case wire::NamespaceOp::kReadPage:
      return table_.read_page(std::move(call), {.kind = wire::ITEMS,
                                                .cursor = op.read_page().cursor(),
                                                .version = op.read_page().version()});
    case wire::NamespaceOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a Namespace");
}

bool Namespace::fill(Call& call, Options& options) {
  std::vector<Pair> pairs;
  for (wire::Attribute& attribute : *options.mutable_namespace_()->mutable_attributes()) {
    if (attribute.name().empty()) {
      call.refuse(wire::INVALID_ARGUMENT, "an attribute's name is not empty");
      return false;
    }
    std::optional<Pair> pair =
        keep_pair(call, key_of_name(attribute.name()), std::move(*attribute.mutable_value()));
    if (!pair) return false;
    pairs.push_back(*std::move(pair));
  }
  for (Pair& pair : pairs) put(std::move(pair));
  return true;
}

}  // namespace

Access access_to_namespace(const wire::Request& request) {
  switch (request.namespace_().method_case()) {
    case wire::NamespaceOp::kGet:
    case wire::NamespaceOp::kContains:
    case wire::NamespaceOp::kReadPage:
      return Access::kRead;
    case wire::NamespaceOp::kSet:
    case wire::NamespaceOp::kDelete:
    case wire::NamespaceOp::kAdd:
    case wire::NamespaceOp::kCompareAndSet:
    case wire::NamespaceOp::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_namespace(const Options&) {
  return std::make_unique<Namespace>();
}

}  // namespace syncmanager::manager

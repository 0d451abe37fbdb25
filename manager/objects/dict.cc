// dict, after Python's: in the order of insertion, with Python's errors and messages.
//
// Python's two steps are one here: add() is `d[k] += n`, compare_and_set() is "if it is
// still that, let it be this", and an update() goes in whole or not at all.

#include <syncmanager/encoded_value.h>

#include <string>
#include <utility>
#include <vector>

#include "manager/objects/catalog.h"
#include "manager/objects/mapping.h"
#include "manager/objects/shown.h"

namespace syncmanager::manager {
namespace {

class Dict final : public Mapping {
 public:
  void perform(Call call) override;
  bool fill(Call& call, Options& options) override;

 private:
  using Entries = google::protobuf::RepeatedPtrField<wire::DictEntry>;

  // KeyError carries the key, and shows it as repr() does.
  void refuse_missing(Call& call, std::string_view key) const override {
    call.refuse(wire::NO_SUCH_KEY, shown(key));
  }

  bool update(Call& call, Entries& entries);
  void pop_item(Call call);
  void change(Call call, wire::DictOp& op);
};

void Dict::perform(Call call) {
  wire::DictOp& op = *call.request().mutable_dict();
  switch (op.method_case()) {
    case wire::DictOp::kGet:
      return get(std::move(call), op.get().key());
    case wire::DictOp::kContains:
      return contains(std::move(call), op.contains().key());
    case wire::DictOp::kLength:
      return call.reply_integer(static_cast<int64_t>(table_.size()));
    case wire::DictOp::kReadPage:
      return table_.read_page(std::move(call), {.kind = op.read_page().kind(),
                                                .cursor = op.read_page().cursor(),
                                                .version = op.read_page().version(),
                                                .reversed = op.read_page().reversed()});
    case wire::DictOp::kSet:
    case wire::DictOp::kDelete:
    case wire::DictOp::kPop:
    case wire::DictOp::kPopItem:
    case wire::DictOp::kSetDefault:
    case wire::DictOp::kUpdate:
    case wire::DictOp::kClear:
    case wire::DictOp::kAdd:
    case wire::DictOp::kCompareAndSet:
      return change(std::move(call), op);
    case wire::DictOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a dict");
}

void Dict::change(Call call, wire::DictOp& op) {
  switch (op.method_case()) {
    case wire::DictOp::kSet: {
      wire::DictOp::Set& set = *op.mutable_set();
      return this->set(std::move(call), std::move(*set.mutable_key()),
                       std::move(*set.mutable_value()));
    }
    case wire::DictOp::kDelete:
      return remove(std::move(call), op.delete_().key());
    case wire::DictOp::kPop:
      return pop(std::move(call), op.pop().key());
    case wire::DictOp::kPopItem:
      return pop_item(std::move(call));
    case wire::DictOp::kSetDefault: {
      wire::DictOp::SetDefault& set = *op.mutable_set_default();
      return set_default(std::move(call), std::move(*set.mutable_key()),
                         std::move(*set.mutable_value()));
    }
    case wire::DictOp::kUpdate:
      if (update(call, *op.mutable_update()->mutable_entries())) call.reply();
      return;
    case wire::DictOp::kClear:
      table_.clear();
      return call.reply();
    case wire::DictOp::kAdd: {
      wire::DictOp::Add& add = *op.mutable_add();
      return this->add(std::move(call), std::move(*add.mutable_key()), add.amount(),
                       add.has_initial() ? &add.initial() : nullptr);
    }
    case wire::DictOp::kCompareAndSet: {
      wire::DictOp::CompareAndSet& set = *op.mutable_compare_and_set();
      return compare_and_set(std::move(call), std::move(*set.mutable_key()),
                             set.has_expected() ? &set.expected() : nullptr,
                             set.has_desired() ? set.mutable_desired() : nullptr);
    }
    default:
      return;  // A reader: perform() has answered it.
  }
}

bool Dict::fill(Call& call, Options& options) {
  return update(call, *options.mutable_dict()->mutable_entries());
}

// All entries are kept before the first is put in. False if the call was refused.
bool Dict::update(Call& call, Entries& entries) {
  std::vector<Pair> pairs;
  pairs.reserve(static_cast<size_t>(entries.size()));
  for (wire::DictEntry& entry : entries) {
    std::optional<Pair> pair =
        keep_pair(call, std::move(*entry.mutable_key()), std::move(*entry.mutable_value()));
    if (!pair) return false;
    pairs.push_back(*std::move(pair));
  }
  for (Pair& pair : pairs) put(std::move(pair));
  return true;
}

void Dict::pop_item(Call call) {
  if (table_.size() == 0) {
    return call.refuse(wire::NO_SUCH_KEY, "'popitem(): dictionary is empty'");
  }
  OrderedTable::Entry& newest = table_.newest();
  call.adopt(*newest.key);
  call.adopt(*newest.value);
  ValueWriter item;
  item.begin_tuple(2).encoded(newest.key->bytes()).encoded(newest.value->bytes());
  call.reply_encoded(item.view());
  table_.remove(table_.spot_of(newest.key->bytes()));
}

}  // namespace

Access access_to_dict(const wire::Request& request) {
  switch (request.dict().method_case()) {
    case wire::DictOp::kGet:
    case wire::DictOp::kContains:
    case wire::DictOp::kLength:
    case wire::DictOp::kReadPage:
      return Access::kRead;
    case wire::DictOp::kSet:
    case wire::DictOp::kDelete:
    case wire::DictOp::kPop:
    case wire::DictOp::kPopItem:
    case wire::DictOp::kSetDefault:
    case wire::DictOp::kUpdate:
    case wire::DictOp::kClear:
    case wire::DictOp::kAdd:
    case wire::DictOp::kCompareAndSet:
    case wire::DictOp::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_dict(const Options&) {
  return std::make_unique<Dict>();
}

}  // namespace syncmanager::manager
